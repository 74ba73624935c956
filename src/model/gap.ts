/** Something that could not be seen: a value that travels with every answer, never an exception. */
import type { NetnsId } from './ids.ts';

/**
 * Why it could not be seen:
 * missing = the tool, file or kernel feature is not there; forbidden = the kernel or engine refused;
 * slow = no answer within the limit; invalid = an answer that makes no sense; vanished = gone between two reads;
 * truncated = more than the limit we read; unsupported = seen, but not understood by this version.
 */
export type GapReason = 'missing' | 'forbidden' | 'slow' | 'invalid' | 'vanished' | 'truncated' | 'unsupported';

export interface Gap {
  /** What was asked, as a person would name it: `iptables-save`, `docker /containers/json`, `netns`, `/proc/PID/ns/net`. */
  readonly source: string;
  /** The netns that is concerned; absent when the gap is about the whole host. */
  readonly netns?: NetnsId;
  readonly reason: GapReason;
  /** One line: what exactly happened, in the machine's own words where it had any. */
  readonly detail: string;
  /** One line: how the user can make it visible, e.g. `run as root`. Absent when there is no way. */
  readonly howToSee?: string;
}
