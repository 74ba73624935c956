/** A forwarding entry of an overlay sends what is for somebody on one host to another host. */
import { buildWorld } from '../../trace/build-world.ts';
import { isLocalAddress } from '../../trace/routing/lookup-route.ts';
import type { Check } from '../check.ts';
import type { HostView } from '../host-view.ts';
import { listOverlayPeers, type OverlayPeer } from '../overlay-peers.ts';
import { automatic, command, guided, untilReboot } from '../remedies.ts';

const isFixed = (entry: string | undefined): boolean => / (permanent|static)$/.test(entry ?? '');

const wrongEntry = (view: HostView, peer: OverlayPeer): OverlayPeer['entries'][number] | undefined => {
  const world = buildWorld(view.graph);
  const right = peer.entries.some(({ address }) => isLocalAddress(world.view(peer.home.id), address));
  return right ? undefined : peer.entries.find(({ entry }) => isFixed(entry));
};

export const overlayEntryWrong: Check = {
  id: 'overlay-entry-wrong',
  severity: 'error',
  about:
    'An overlay finds the host of a container by a forwarding entry for its MAC address that a program has written. When the container has moved, or a host has a ' +
    'new address, an old entry leads to a host that does not have it: connections from here to this one container are lost.',
  not: [
    'entries that were learnt, which the next frame corrects',
    'an entry for a container that is on that host',
    'several entries of which one is right',
  ],
  references: ['moby/moby#35082', 'man 8 bridge (fdb)'],
  needs: ['links', 'addresses', 'fdb'],
  hides: ['hosts-flow-blocked'],
  find: (view) =>
    listOverlayPeers(view).flatMap((peer) => {
      const wrong = wrongEntry(view, peer);
      if (wrong === undefined) return [];
      const { link } = peer.here.tunnel;
      const netns = view.netnsOf(link.netns);
      const owner = view.netnsOf(peer.link.netns)?.name ?? peer.home.name;
      const to = peer.there.tunnel.local;
      const entry = (verb: string, address: string, ...state: readonly string[]) =>
        command(netns, 'bridge', 'fdb', verb, peer.mac, 'dev', link.facts.ifname, 'dst', address, 'self', ...state);
      return {
        subject: `${netns?.name ?? view.id}/${link.facts.ifname}`,
        title: `${link.facts.ifname} of ${netns?.name ?? view.id} sends what is for ${owner} to ${wrong.address}`,
        why: `${peer.mac} is on ${peer.home.name}, which does not have ${wrong.address}: nothing from ${view.id} gets to ${owner}.`,
        evidence: [
          {
            fact: wrong.entry ?? wrong.address,
            source: `bridge fdb (${netns?.name ?? view.id})`,
            link: link.id,
            ...(netns === undefined ? {} : { netns: netns.id }),
          },
          { fact: `${peer.mac} is ${peer.link.facts.ifname} of ${owner}`, source: 'ip link', link: peer.link.id },
        ],
        remedies: [
          ...(to === undefined
            ? []
            : [
                automatic({
                  title: 'Correct the entry',
                  changes: `What is for ${peer.mac} is sent to ${to}.`,
                  scope: 'network',
                  commands: [entry('replace', to, 'permanent')],
                  undo: [entry('replace', wrong.address, 'permanent')],
                  persistence: untilReboot,
                }),
              ]),
          guided({
            title: 'Let the system that keeps the entries write them anew',
            changes: 'flanneld or dockerd writes the entries again.',
            scope: 'host',
            risk: 'Restarting dockerd interrupts containers unless live-restore is on.',
            riskLevel: 'medium',
            persistence: 'As long as that system knows where the container is.',
            steps: ['Restart flanneld, or dockerd for swarm overlays.'],
          }),
        ],
        affects: [link.id, peer.link.id, ...(view.netnsOf(peer.link.netns)?.containers ?? [])],
      };
    }),
};
