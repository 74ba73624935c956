/** Containers of Docker still run, but their engine does not answer: nobody looks after names, proxies and rules. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Gap } from '../../model/gap.ts';
import type { Check } from '../check.ts';
import type { HostView } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** Where Docker keeps the netns of a container, with somebody in it. */
const isSandbox = ({ facts }: NetnsNode): boolean =>
  !facts.isHost &&
  facts.holders.some((holder) => holder.kind === 'process') &&
  facts.holders.some(
    (holder) => holder.kind === 'mount' && /^(?:\/var)?\/run\/docker\/netns\/[0-9a-f]{12}$/.test(holder.path),
  );

const ofDocker = ({ source }: { readonly source: string }) => source.startsWith('docker');

/** It was asked in vain. Who may not ask knows nothing of it, and without any gap it may not have answered yet. */
function findSilence({ snapshot: { engines, gaps } }: HostView): Gap | undefined {
  const told = gaps.filter(ofDocker);
  if (engines.some(({ kind }) => kind === 'docker') || told.some(({ reason }) => reason === 'forbidden'))
    return undefined;
  return told[0];
}

export const engineSilent: Check = {
  id: 'engine-silent',
  severity: 'error',
  about:
    'With live-restore, or after a crash, containers go on without their engine. Packets of known connections pass as before, but the engine’s resolver answers no ' +
    'names, userland proxies may be gone, nothing can be started, and rules that somebody flushes stay away. Whatever else looks wrong comes after that.',
  not: [
    'a host without containers of an engine',
    'an engine that may not be asked, or has not answered yet',
    'containers of Podman, which needs no engine that runs',
  ],
  references: ['libnetwork#1135', 'libnetwork#1244', 'for-linux#187'],
  gate: true,
  needs: [],
  find: (view) => {
    const sandboxes = view.netns.filter(isSandbox);
    const silence = findSilence(view);
    if (silence === undefined || sandboxes.length === 0) return [];
    return [
      {
        subject: 'this host',
        title: `No Docker engine answers, though ${sandboxes.length === 1 ? 'a container of one still runs' : `${sandboxes.length} containers of one still run`}`,
        why: 'Names are not resolved, published ports may be without their proxies, and no container can be started; names and networks of containers are not known here.',
        evidence: [
          { fact: silence.detail, source: silence.source },
          ...sandboxes.slice(0, 3).map((netns) => ({
            fact: `${netns.name} has processes`,
            source: '/run/docker/netns',
            netns: netns.id,
          })),
        ],
        remedies: [
          guided({
            title: 'Start the engine',
            changes: 'dockerd takes over the containers that run, and writes its rules and starts its proxies anew.',
            scope: 'host',
            risk: 'Without live-restore containers that still run are stopped and started.',
            riskLevel: 'medium',
            persistence: 'Until it ends again: its log says why it did.',
            commands: [{ argv: ['systemctl', 'start', 'docker'] }],
            steps: ['journalctl -u docker says why it ended, hangs, or does not start'],
          }),
        ],
        affects: ['host'],
      },
    ];
  },
};
