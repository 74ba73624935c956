/** What a watch has told so far, in the graph's words: packets that went the same way are one group with a number. */
import type { ArmedWatch, LeftOut } from '../../host/live/watch-order.ts';
import type { Gap } from '../../model/gap.ts';
import type { ContainerId, HostId, LinkId, NetnsId } from '../../model/ids.ts';
import type { Direction, Outcome, Step } from '../../trace/trace.ts';

/** `left`: it went out of what is watched; `vanished`: it was not seen any more, and nobody said why. */
export type GroupOutcome = Outcome | 'left' | 'vanished';

export interface WatchGroup {
  /** Stable while the watch runs. */
  readonly id: string;
  /** `way`: packets of the flow and their way through the rules; `drop`: lost, by the kernel's own account; `connection`: conntrack; `tracking`: its table is full; `counter`: a legacy rule counted. */
  readonly kind: 'way' | 'drop' | 'connection' | 'tracking' | 'counter';
  /** Of the flow's packets: from the asker, to it, or a router's ICMP error about them. */
  readonly direction?: 'request' | 'reply' | 'error';
  readonly outcome: GroupOutcome;
  /** One sentence. */
  readonly text: string;
  readonly count: number;
  /** Milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  /** Over the last few seconds of the watch. */
  readonly perSecond: number;
  /** Where it happened; absent: on no link of any netns. */
  readonly netns?: NetnsId;
  readonly container?: ContainerId;
  readonly link?: LinkId;
  /** TCP flags seen: `SYN`, `ACK` … */
  readonly flags?: readonly string[];
  /** The way of one of them, hop by hop. */
  readonly way?: Direction;
  readonly decidedBy?: Step;
  /** The kernel's own words. */
  readonly drop?: { readonly reason?: string; readonly location: string };
}

export type WatchPhase = 'arming' | 'watching' | 'over' | 'failed';

export interface WatchAccount {
  readonly phase: WatchPhase;
  /** What is watched, as it was asked for; absent: drops of everybody. */
  readonly flow?: { readonly from: string; readonly to: string };
  /** What the model says of the flow. */
  readonly model?: { readonly outcome: Outcome; readonly explanation: string };
  /** What was announced. */
  readonly announced: string;
  readonly host: HostId;
  /** When everything was armed; until then, when it was asked for. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Absent until it is armed. */
  readonly armed?: Omit<ArmedWatch, 'gaps'>;
  /** Of the last event or look. */
  readonly at: number;
  /** Losses first, then what happened last. */
  readonly groups: readonly WatchGroup[];
  /** Packets of the flow arrived, or left, and no answer to any of them was seen. */
  readonly unanswered: boolean;
  readonly leftOut: LeftOut & { readonly groups: number };
  readonly gaps: readonly Gap[];
  /** phase `failed`. */
  readonly error?: string;
}
