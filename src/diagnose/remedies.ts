/** Ways to write a remedy, with the words for persistence and risk that many checks share. */
import type { NetnsNode } from '../graph/graph.ts';
import type { Command } from '../model/change.ts';
import type { Remedy } from './finding.ts';

export type Draft = Omit<Remedy, 'n'>;

/** A command in the netns concerned; the host's own netns needs no word of it but which host that is. */
export function command(netns: NetnsNode | undefined, ...argv: readonly string[]): Command {
  if (netns === undefined) return { argv };
  return netns.facts.isHost ? { argv, host: netns.host } : { argv, netns: netns.id };
}

export const untilReboot = 'Lasts until the next reboot.';
export const untilRestart = 'Lasts until the container restarts; a restart makes the link anew, correctly.';
export const untilFlush =
  'Lasts until the rules are flushed or the host restarts; the engine writes its own rules anew when it starts.';

/** Scoped and reversible: applied by `fix`. */
export function automatic(parts: {
  readonly title: string;
  readonly changes: string;
  readonly scope: Remedy['scope'];
  readonly commands: readonly Command[];
  readonly undo: readonly Command[];
  readonly persistence: string;
  readonly risk?: string;
  readonly riskLevel?: Remedy['riskLevel'];
  readonly cutsConnection?: boolean;
  readonly steps?: readonly string[];
}): Draft {
  return {
    risk: 'Nobody is interrupted.',
    riskLevel: 'low',
    cutsConnection: false,
    steps: [],
    ...parts,
    automatic: true,
  };
}

/** For the operator to run: restarts, configuration files, or something only a person can decide. */
export function guided(parts: {
  readonly title: string;
  readonly changes: string;
  readonly scope: Remedy['scope'];
  readonly risk: string;
  readonly riskLevel: Remedy['riskLevel'];
  readonly persistence: string;
  readonly commands?: readonly Command[];
  readonly undo?: readonly Command[];
  readonly steps?: readonly string[];
  readonly cutsConnection?: boolean;
}): Draft {
  return { commands: [], undo: [], steps: [], cutsConnection: false, ...parts, automatic: false };
}

/** Rebuilds every rule, bridge and proxy of the engine. */
export function restartEngine(liveRestore: boolean | undefined): Draft {
  const kept = liveRestore === true;
  return guided({
    title: 'Restart the engine so that it writes its rules anew',
    changes: 'dockerd writes its chains, rules and bridges again and starts its userland proxies.',
    scope: 'host',
    risk: kept
      ? 'Containers keep running (live-restore is on); new connections through userland proxies fail for a moment.'
      : 'Every container stops and starts again (live-restore is off); those without a restart policy stay stopped.',
    riskLevel: kept ? 'medium' : 'high',
    persistence: 'Holds until the rules are flushed again: find what flushed them.',
    commands: [{ argv: ['systemctl', 'restart', 'docker'] }],
  });
}

/** `sysctl -w`, with the old value as undo and the file that makes it stay. */
export function setSysctl(
  netns: NetnsNode | undefined,
  name: string,
  value: string,
  old: string,
  parts: {
    readonly title: string;
    readonly changes: string;
    readonly scope?: Remedy['scope'];
    readonly risk?: string;
    readonly riskLevel?: Remedy['riskLevel'];
    readonly cutsConnection?: boolean;
  },
): Draft {
  const isHost = netns === undefined || netns.facts.isHost;
  return automatic({
    scope: 'host',
    ...parts,
    commands: [command(netns, 'sysctl', '-w', `${name}=${value}`)],
    undo: [command(netns, 'sysctl', '-w', `${name}=${old}`)],
    persistence: isHost
      ? `Lasts until the next reboot; to keep it: a line "${name} = ${value}" in /etc/sysctl.d/99-vethscope.conf, and no other file that says otherwise.`
      : untilRestart,
  });
}

export function recreateContainer(name: string, why: string): Draft {
  return guided({
    title: `Create container ${name} again`,
    changes: why,
    scope: 'container',
    risk: `${name} is down for a moment; what it wrote outside volumes is lost.`,
    riskLevel: 'medium',
    persistence: 'For good.',
    steps: [
      'with compose: docker compose up -d --force-recreate SERVICE',
      'else: docker rm -f and docker run with the changed options',
    ],
  });
}
