/** The answer of a trace: hops → steps → outcome, for a packet and for its reply. */
import type { Gap } from '../model/gap.ts';
import type { ContainerId, LinkId, NetnsId } from '../model/ids.ts';
import type { Packet } from '../model/packet.ts';
import type { RulesetFamily } from '../model/ruleset.ts';

export type Outcome =
  | 'delivered'
  | 'dropped'
  | 'rejected'
  | 'no-route'
  | 'no-neighbour'
  | 'no-listener'
  | 'loop'
  | 'unknown';

export type StepKind =
  | 'origin'
  | 'policy-rule'
  | 'route'
  | 'rule'
  | 'policy'
  | 'nat'
  | 'conntrack'
  | 'bridge'
  | 'neighbour'
  | 'sysctl'
  | 'socket'
  | 'veth'
  | 'lower-link'
  | 'tunnel'
  | 'mtu'
  | 'wire';

/** What the kernel decided at this step. `pass` = went on unchanged. */
export type StepVerdict = 'pass' | 'changed' | 'delivered' | Exclude<Outcome, 'delivered'>;

export interface RuleRef {
  readonly family: RulesetFamily;
  readonly table: string;
  readonly chain: string;
  /** 1-based; 0 for the chain's policy. */
  readonly index: number;
  readonly rule: string;
  readonly handle?: number;
  readonly backend: string;
  /** What the chain is for and who made it, from `systems/`. */
  readonly madeBy?: string;
  readonly purpose?: string;
}

export interface Step {
  readonly kind: StepKind;
  readonly verdict: StepVerdict;
  /** One line for a person. */
  readonly text: string;
  /** What was read, and where: the rule, the route line, the sysctl with its value, the fdb entry, the socket. */
  readonly evidence: {
    readonly rule?: RuleRef;
    readonly route?: string;
    readonly sysctl?: { readonly name: string; readonly value: string };
    readonly fact?: string;
    readonly source?: string;
  };
  /** The packet after this step. */
  readonly packet: Packet;
  readonly link?: LinkId;
  /** verdict `unknown`: what it depends on. */
  readonly dependsOn?: string;
}

export interface Hop {
  readonly netns: NetnsId;
  readonly container?: ContainerId;
  /** Where the packet is: `app2`, `host PREROUTING`, `host FORWARD`, `br-app`, `db`. */
  readonly at: string;
  readonly steps: readonly Step[];
}

export interface Direction {
  readonly outcome: Outcome;
  readonly hops: readonly Hop[];
  /** Position of the deciding step; absent when it was delivered without any doubt. */
  readonly decidedBy?: { readonly hop: number; readonly step: number };
}

export interface Trace {
  readonly from: string;
  readonly to: string;
  readonly outcome: Outcome;
  /** One sentence an operator can paste into a ticket. */
  readonly explanation: string;
  readonly decidedBy?: Step;
  readonly request: Direction;
  /** Absent when the request did not arrive. */
  readonly reply?: Direction;
  /**
   * TCP: the asker's packet after the answer (ESTABLISHED for rules), which ends the handshake. Absent when no answer came back, and
   * for other protocols.
   */
  readonly followUp?: Direction;
  /** Every way the packet can take arrives, but not all at the same place: what that depends on. The hops are those of one way. */
  readonly parted?: string;
  readonly listener?: { readonly netns: NetnsId; readonly text: string };
  readonly gaps: readonly Gap[];
}
