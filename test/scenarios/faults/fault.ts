/** What a fault on a Docker host is, as data: how it is made, what it breaks, what must be said of it, and how it ends. */
import type { Need, Suite } from '../../support/needs.ts';

/**
 * Lines are commands for the host; one that begins with `NAME! ` is for the netns of that container (or of `ip netns` NAME), `lan! ` for the LAN the
 * host is plugged into. `{NAME.ip}`, `{NAME.mac}`, `{NAME.pid}` are the address, MAC and process of a container, `{NAME.veth}` the host end of its eth0,
 * `{host.pid}` process 1 of the host as the LAN counts. Words are parted by blanks; '…' keeps one together.
 */
export type Line = string;

export interface Fault {
  readonly title: string;
  /** What the standard host lacks for it; with this it is as healthy as without. */
  readonly setup?: readonly Line[];
  readonly inject: readonly Line[];
  /** Works before and after, fails while the fault is there. */
  readonly probe: Line;
  /** The connection that the probe tries, for those who ask about it. */
  readonly ends?: readonly [from: string, to: string];
  /** Id of the finding that must come first; absent: nobody can know without being told what should work. */
  readonly finding?: RegExp;
  /** The same where the two ends were named, if it is another. */
  readonly atEnds?: RegExp;
  /** Ids of further findings above info that follow from it. */
  readonly besides?: RegExp;
  /** Id of a second cause, which must be named as well. */
  readonly also?: RegExp;
  /** The finding's remedy is applied and taken back by vethscope. */
  readonly automatic?: true;
  readonly heal: readonly Line[];
  /** Takes away what `setup` made. */
  readonly cleanUp?: readonly Line[];
  /** What healing cannot bring back: the probe is not tried again. */
  readonly mortal?: true;
  /** Needs an engine without userland proxies. */
  readonly withoutProxy?: true;
  /** Only these engines have it; `own`: the machine's. */
  readonly engines?: readonly (Suite | 'own')[];
  readonly needs?: readonly Need[];
}
