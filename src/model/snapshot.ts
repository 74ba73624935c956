/** Everything read of one host at one time: facts and gaps. Never edited after `collect`. */
import type { Engine } from './container.ts';
import type { Gap } from './gap.ts';
import type { HostId } from './ids.ts';
import type { Netns } from './netns.ts';
import type { OpenVswitch } from './open-vswitch.ts';

export interface HostFacts {
  readonly id: HostId;
  readonly hostname: string;
  /** `uname -r`. */
  readonly kernel: string;
  /** Effective uid and whether CAP_NET_ADMIN and CAP_SYS_ADMIN are there. */
  readonly uid: number;
  readonly privileged: boolean;
  /** PRETTY_NAME of /etc/os-release. */
  readonly os?: string;
  /** Tools found on PATH: name → path. Absent name: not installed. */
  readonly tools: Readonly<Record<string, string>>;
}

export interface Snapshot {
  readonly host: HostFacts;
  /** ISO 8601, UTC, of the moment collecting began. */
  readonly takenAt: string;
  /** How long collecting took. */
  readonly tookMs: number;
  readonly engines: readonly Engine[];
  /** Absent: there is none, or it could not be read (then a gap says so). */
  readonly openVswitch?: OpenVswitch;
  /** The host's own netns first, then by inode. */
  readonly netns: readonly Netns[];
  readonly gaps: readonly Gap[];
}
