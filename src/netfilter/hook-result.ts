/** What evaluating the chains of a hook answers: the rules that matched, the verdict, and everything they changed. */
import type { Packet } from '../model/packet.ts';
import type { Chain, RulesetBackend, RulesetFamily, Table } from '../model/ruleset.ts';
import type { Unknown } from './context.ts';

/** A base chain at its place in a hook. */
export interface HookedChain {
  readonly table: Table;
  readonly chain: Chain;
  /** Priority the kernel runs it at: NAT chains at -100 or +100 whatever their own says. */
  readonly priority: number;
}

/** Names a rule: same shape as the trace's evidence. */
export interface RuleName {
  readonly backend: RulesetBackend;
  readonly family: RulesetFamily;
  readonly table: string;
  readonly chain: string;
  /** 1-based; 0 for the chain's policy. */
  readonly index: number;
  readonly rule: string;
  readonly handle?: number;
}

export interface RuleStep {
  readonly at: RuleName;
  /** `unknown`: it cannot be known whether the rule matches; the step is listed because it could matter. */
  readonly matched: 'yes' | 'unknown';
  /**
   * accept, drop, reject, queue, nat (and iptables' tproxy) end the chain; jump, goto, return move; changed wrote mark, packet or connection; continue
   * only counted or logged; policy verdicts are accept or drop with index 0.
   */
  readonly verdict:
    | 'accept'
    | 'drop'
    | 'reject'
    | 'queue'
    | 'tproxy'
    | 'nat'
    | 'jump'
    | 'goto'
    | 'return'
    | 'changed'
    | 'continue'
    | 'unknown';
  /** The chain of a jump or goto. */
  readonly chain?: string;
  /** Why it is unknown. */
  readonly reason?: string;
  /** After the rule. */
  readonly packet: Packet;
}

/** What a NAT rule asks for. The kernel chooses within the ranges; the tracer applies it and masquerade's address. */
export interface NatRequest {
  readonly action: 'dnat' | 'snat' | 'masquerade' | 'redirect' | 'netmap';
  /** First and last address (equal for one); absent: address stays (or masquerade/redirect: the kernel's choice). */
  readonly addresses?: readonly [string, string];
  /** netmap: prefix length of the net whose host part stays. */
  readonly prefixLength?: number;
  /** First and last port; absent: the port stays where it can. */
  readonly ports?: readonly [number, number];
  /** --random, fully-random: the port is chosen even when the old one is free. */
  readonly random: boolean;
  readonly at: RuleName;
}

/** `queue`: handed to a program, which decides. */
export type HookVerdict = 'accept' | 'drop' | 'reject' | 'queue' | 'unknown';

export interface HookResult {
  readonly verdict: HookVerdict;
  /** Every rule that matched or could have, in order, and the policies that decided. */
  readonly steps: readonly RuleStep[];
  /** The rule or policy that ended it; absent when every chain let it through by running out of chains. */
  readonly decidedBy?: RuleStep;
  /** After the last rule; NAT is not applied: see `nat`. */
  readonly packet: Packet;
  /** A rule wrote a mark that cannot be known; `packet.mark` is then the one before. */
  readonly unknownMark?: Unknown;
  /** First NAT rule that matched (NAT chains only). */
  readonly nat?: NatRequest;
  readonly rejectWith?: string;
  /** Where tproxy sends it when a socket listens there; else it is dropped. */
  readonly tproxy?: { readonly address?: string; readonly port?: number };
  /** A rule of this hook exempted it from conntrack. */
  readonly notrack: boolean;
  /** New connection mark, where a rule wrote it. */
  readonly ctMark?: number;
  readonly unknownCtMark?: Unknown;
  /** Zone or helper were set: text of the rules. */
  readonly ctTemplate: readonly string[];
  /** verdict unknown: the rule it depends on and why, one line each. */
  readonly dependsOn?: string;
  /** verdict unknown: every way it can end, each with a certain verdict. Empty when there were too many. */
  readonly alternatives: readonly HookResult[];
}
