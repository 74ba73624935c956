/** What diagnosis answers: findings with the evidence they rest on and the remedies that would mend them. */
import type { Command } from '../model/change.ts';
import type { Gap } from '../model/gap.ts';
import type { ContainerId, LinkId, NetnsId, NetworkId } from '../model/ids.ts';

/** error: something does not work; warning: it will, or does for some; info: worth knowing; security: it works for too many. */
export type Severity = 'error' | 'warning' | 'info' | 'security';

/** Worst first; exposures stand between faults and remarks. */
export const severityRank: Readonly<Record<Severity, number>> = { error: 0, warning: 1, security: 2, info: 3 };

/** One fact and where it was read: what a person can look up again by hand. */
export interface Evidence {
  readonly fact: string;
  /** `ip -d link (host)`, `iptables-save, table nat (host)`, `sysctl net.ipv4.ip_forward (host)`. */
  readonly source: string;
  /** The object to jump to. */
  readonly netns?: NetnsId;
  readonly link?: LinkId;
  readonly container?: ContainerId;
}

/** none: nobody notices; low: only packets that fail anyhow; medium: something that works is interrupted for a moment; high: may cut off people. */
export type RiskLevel = 'none' | 'low' | 'medium' | 'high';

export interface Remedy {
  /** 1-based; what `fix --remedy N` names. */
  readonly n: number;
  readonly title: string;
  /** What the commands change, one sentence. */
  readonly changes: string;
  readonly scope: 'link' | 'container' | 'network' | 'host';
  /** Who is interrupted, one sentence. */
  readonly risk: string;
  readonly riskLevel: RiskLevel;
  /** It could cut the connection the operator works over: to be applied as confirm-or-revert. */
  readonly cutsConnection: boolean;
  /** Until when it lasts, and what makes it stay: one sentence each. */
  readonly persistence: string;
  readonly commands: readonly Command[];
  /** Takes it back exactly; empty when there is nothing to take back. */
  readonly undo: readonly Command[];
  /** Scoped, reversible and without restarting anything; otherwise commands are for the operator to run. */
  readonly automatic: boolean;
  /** What the operator does where commands alone cannot: one step each. */
  readonly steps: readonly string[];
}

export interface Finding {
  /** `bridge-down:br-app`: the check and what it is about; stable from run to run. */
  readonly id: string;
  readonly check: string;
  readonly severity: Severity;
  /** What it is about, in a word or two: `web`, `br-app`, `this host`. */
  readonly subject: string;
  readonly title: string;
  /** What follows from it, in terms of packets: one or two sentences. */
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Remedy[];
  /** Ids of findings that are only consequences of this one; they are not listed themselves. */
  readonly hides: readonly string[];
  readonly references: readonly string[];
}

/** Objects a problem breaks; a root cause folds consequences that share one. `host` concerns everything on it. */
export type Affected = ContainerId | NetworkId | LinkId | NetnsId | 'host';

/** What is tried: a container to the outside, to a neighbour, this host to a container, the outside to a published port. */
export type FlowKind = 'out' | 'neighbour' | 'host' | 'published';

/** One connection of several that a finding sums up. */
export interface Case {
  readonly affects: readonly Affected[];
  /** Absent: a person asked for it. */
  readonly kind?: FlowKind;
  /** The request arrives; its answer does not. */
  readonly inReply: boolean;
  /** Where it ends: at a rule somebody wrote; at the engine's rules or a policy, which take what has gone astray; at a setting; elsewhere. */
  readonly endsAt: Ending;
}

/** Each takes more than the one before it. */
export const endings = ['elsewhere', 'setting', 'engine', 'rule'] as const;
export type Ending = (typeof endings)[number];

/** A finding as its check writes it. */
export interface Problem {
  readonly subject: string;
  /** Where the check's own severity does not fit. */
  readonly severity?: Severity;
  readonly title: string;
  readonly why: string;
  readonly evidence: readonly Evidence[];
  readonly remedies: readonly Omit<Remedy, 'n'>[];
  readonly affects: readonly Affected[];
  /** A cause hides it only when it explains every one of them. */
  readonly cases?: readonly Case[];
  /** Where less follows from it than its check says. */
  readonly hides?: readonly string[];
}

export interface Diagnosis {
  /** Root causes first; consequences folded away. */
  readonly findings: readonly Finding[];
  /** The folded ones, by id, for who wants to see them. */
  readonly folded: readonly Finding[];
  /** What could not be decided, and what would make it visible. */
  readonly gaps: readonly Gap[];
}
