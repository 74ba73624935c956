/** Packet filter rules as data, whatever tool printed them: tables → chains → rules → statements, evaluated in order. */
import type { Gap } from './gap.ts';

export type RulesetBackend = 'iptables-nft' | 'iptables-legacy' | 'nft';
export type RulesetFamily = 'ip' | 'ip6' | 'inet' | 'arp' | 'bridge' | 'netdev';
export type Hook = 'prerouting' | 'input' | 'forward' | 'output' | 'postrouting' | 'ingress' | 'egress';

export interface Counters {
  readonly packets: number;
  readonly bytes: number;
}

export interface BaseChain {
  readonly type: 'filter' | 'nat' | 'route';
  readonly hook: Hook;
  /** As a number; names (`filter`, `dstnat - 5`) are resolved per family at parsing. */
  readonly priority: number;
  readonly policy: 'accept' | 'drop';
  /** As the tool printed it, where it did not print the number (`srcnat + 10`). */
  readonly priorityText?: string;
  /** Chains on links only: which they are on. Absent: the tool did not say. */
  readonly devices?: readonly string[];
}

export interface Rule {
  /** 1-based position in its chain, as `iptables -L --line-numbers` counts. */
  readonly index: number;
  readonly handle?: number;
  /** The rule as its tool prints it (`-A DOCKER -d … -j DNAT …`, or nft's syntax). */
  readonly text: string;
  /** All comments of the rule, in order. */
  readonly comments: readonly string[];
  readonly counters?: Counters;
  /** Evaluated in order; the first match that says no ends the rule. */
  readonly statements: readonly Statement[];
  /** iptables rules only: the parts as they were written. */
  readonly clauses?: readonly Clause[];
  /** nft rules only: the statements as the tool's JSON gave them. */
  readonly expressions?: readonly unknown[];
}

export interface Chain {
  readonly name: string;
  /** Absent for a user-defined chain. */
  readonly base?: BaseChain;
  readonly rules: readonly Rule[];
  readonly counters?: Counters;
}

export interface Table {
  readonly backend: RulesetBackend;
  readonly family: RulesetFamily;
  readonly name: string;
  readonly chains: ReadonlyMap<string, Chain>;
  /** nft named sets, maps and verdict maps, by name. */
  readonly sets: ReadonlyMap<string, NamedSet>;
  /** Order of creation as the tool listed it: decides between base chains of equal priority. */
  readonly position: number;
  readonly owner?: string;
  readonly flags?: readonly string[];
}

export interface Ruleset {
  readonly tables: readonly Table[];
  /** ipset sets by name, where they could be read. */
  readonly ipsets: ReadonlyMap<string, NamedSet>;
  /**
   * Order of base chains where the kernel told it (`nft list hooks`): `ip forward` → chains as `family table chain`, or `legacy table`,
   * first to run first. Absent: order follows from priority and position.
   */
  readonly hookOrder?: Readonly<Record<string, readonly string[]>>;
  readonly gaps: readonly Gap[];
}

/* The statement and set types are netfilter's own: see there. */
import type { Clause, NamedSet, Statement } from './statement.ts';

export type { Clause, NamedSet, Statement };
