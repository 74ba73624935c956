/** A host does not know where in the overlay somebody on another host is: the forwarding or neighbour entry is missing. */
import { answersItself } from '../../trace/tunnels/remotes.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import type { HostView } from '../host-view.ts';
import { listOverlayPeers, type OverlayPeer } from '../overlay-peers.ts';
import { automatic, command, guided, untilReboot } from '../remedies.ts';

const nameOf = (view: HostView, { link }: OverlayPeer): string =>
  `${view.netnsOf(link.netns)?.name ?? 'somebody'} (${link.facts.ifname})`;

const again = guided({
  title: 'Let the system that keeps the entries write them anew',
  changes: 'flanneld or dockerd writes the entries of all other hosts again.',
  scope: 'host',
  risk: 'Restarting dockerd interrupts containers unless live-restore is on; flanneld interrupts nobody.',
  riskLevel: 'medium',
  persistence: 'As long as that system is told of the other host.',
  steps: [
    'See in its log why it does not know the other host.',
    'Restart it (flanneld, or dockerd for swarm overlays).',
  ],
});

const problem = (view: HostView, peer: OverlayPeer, what: string, fact: string, fix: readonly string[]): Problem => {
  const { link } = peer.here.tunnel;
  const netns = view.netnsOf(link.netns);
  const undo = fix.map((word) => (word === 'append' || word === 'replace' ? 'del' : word));
  return {
    subject: `${netns?.name ?? view.id}/${link.facts.ifname}`,
    title: `${link.facts.ifname} of ${netns?.name ?? view.id} has no ${what} for ${nameOf(view, peer)}`,
    why: `Nothing from ${view.id} finds the way to ${nameOf(view, peer)}: the overlay's entries are set by hand or by a program, and nobody is asked.`,
    evidence: [
      {
        fact,
        source: `${what.startsWith('forwarding') ? 'bridge fdb' : 'ip neigh'} (${netns?.name ?? view.id})`,
        link: link.id,
        ...(netns === undefined ? {} : { netns: netns.id }),
      },
      {
        fact: `${peer.mac} is ${nameOf(view, peer)}`,
        source: `ip link (${view.netnsOf(peer.link.netns)?.name ?? peer.home.name})`,
        link: peer.link.id,
      },
    ],
    remedies: [
      ...(fix.length === 0
        ? []
        : [
            automatic({
              title: 'Write the entry',
              changes: `Adds the ${what} that is missing.`,
              scope: 'network',
              commands: [command(netns, ...fix)],
              undo: [command(netns, ...undo)],
              persistence: untilReboot,
            }),
          ]),
      again,
    ],
    affects: [link.id, peer.link.id, ...(view.netnsOf(peer.link.netns)?.containers ?? [])],
  };
};

const missingForwarding = (view: HostView, peer: OverlayPeer): readonly Problem[] => {
  if (peer.entries.length > 0 || peer.found) return [];
  const { ifname } = peer.here.tunnel.link.facts;
  const to = peer.there.tunnel.local;
  const fix =
    to === undefined ? [] : ['bridge', 'fdb', 'append', peer.mac, 'dev', ifname, 'dst', to, 'self', 'permanent'];
  return [problem(view, peer, 'forwarding entry', `no entry for ${peer.mac} on ${ifname}`, fix)];
};

/** Only a tunnel that answers itself, or one that is routed into, needs the neighbour in its own table. */
const missingNeighbour = (view: HostView, peer: OverlayPeer): readonly Problem[] => {
  const { tunnel } = peer.here;
  const routedInto = tunnel.link.master === undefined && peer.link.id === peer.there.tunnel.link.id;
  if (!routedInto && !answersItself(tunnel)) return [];
  const { ifname } = tunnel.link.facts;
  const { facts } = view.netnsOf(tunnel.link.netns) ?? {};
  // A /32 on a container's link is a service's address, which no table has.
  const addresses = peer.link.addresses.filter(
    (info) => info.family === 'inet' && info.scope === 'global' && (routedInto || info.prefixlen < 32),
  );
  const gateways = new Set((facts?.routes ?? []).map((route) => route.gateway));
  return addresses
    .filter(({ local }) => !routedInto || gateways.has(local))
    .filter(
      ({ local }) =>
        !(facts?.neighbours ?? []).some(
          (entry) => entry.dev === ifname && entry.dst === local && entry.lladdr !== undefined,
        ),
    )
    .map(({ local }) =>
      problem(view, peer, 'neighbour entry', `no entry for ${local} on ${ifname}`, [
        ...['ip', 'neigh', 'replace', local, 'lladdr', peer.mac, 'dev', ifname, 'nud', 'permanent'],
      ]),
    );
};

export const overlayEntryMissing: Check = {
  id: 'overlay-entry-missing',
  severity: 'error',
  about:
    'flannel and swarm overlays do not learn where containers are: a program writes a forwarding entry (MAC → host) and a neighbour entry (address → MAC) ' +
    'for each. After a lost message or a restart one can be missing: then that one container, or that one host, is out of reach from here while others work.',
  not: [
    'tunnels that learn or send to everybody, which need no entries',
    'another overlay that has the same number by chance: neither host sends to the other',
    'addresses of services (/32), which are nobody’s own',
    'containers that are down',
  ],
  references: ['moby/moby#30033', 'man 8 bridge (fdb)', 'moby: overlay driver, peerAdd'],
  needs: ['links', 'addresses'],
  hides: ['hosts-flow-blocked'],
  find: (view) =>
    listOverlayPeers(view).flatMap((peer) => [...missingForwarding(view, peer), ...missingNeighbour(view, peer)]),
};
