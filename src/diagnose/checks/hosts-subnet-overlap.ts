/** Two hosts have the same subnet for their containers, and packets are routed between the hosts: only one of them gets them. */
import type { NetnsNode } from '../../graph/graph.ts';
import { parseAddress, prefixContains } from '../../std/ip-address.ts';
import { tunnelOf } from '../../trace/tunnels/tunnel.ts';
import type { Check } from '../check.ts';
import { type HostSubnet, otherHosts, overlaps, routesOnward, subnetsOf } from '../host-subnets.ts';
import type { HostView } from '../host-view.ts';
import { guided } from '../remedies.ts';

/** A tunnel of this host has an address in the subnet: the overlay has given it to this host. */
const isGiven = (view: HostView, { home, prefix }: HostSubnet): boolean =>
  home.links
    .flatMap((id) => view.link(id) ?? [])
    .filter((link) => tunnelOf(link) !== undefined)
    .some((link) =>
      link.addresses.some((info) => {
        const address = parseAddress(info.local);
        return address !== undefined && prefixContains(prefix, address);
      }),
    );

/** Somebody sends packets for it to another machine. */
const isRouted = (view: HostView, { prefix }: HostSubnet): NetnsNode | undefined =>
  [...view.graph.hosts.values()]
    .flatMap((host) => (host.netns === undefined ? [] : (view.netnsOf(host.netns) ?? [])))
    .find((home) =>
      routesOnward(home).some((route) => route.gateway !== undefined && prefixContains(prefix, route.prefix)),
    );

export const hostsSubnetOverlap: Check = {
  id: 'hosts-subnet-overlap',
  severity: 'error',
  about:
    'Where hosts route packets to each other’s containers, each host needs a subnet of its own. With the same subnet on two hosts (two daemons with the same bip, two ' +
    'flannel leases for one machine image) each host keeps such packets for itself, and others reach only one of them.',
  not: [
    'docker0 and docker_gwbridge, which are alike on all hosts and stay inside them',
    'hosts that do not route to each other',
    'subnets that lie next to each other',
  ],
  references: ['docs.docker.com: daemon option bip', 'flannel-io/flannel#1001'],
  needs: ['links', 'addresses', 'routes'],
  hides: ['hosts-flow-blocked', 'host-route-missing'],
  find: (view) => {
    const { home } = view;
    if (home === undefined) return [];
    return (
      otherHosts(view)
        // Told once, by the first of the two.
        .filter((other) => view.id < other.host)
        .flatMap((other) =>
          subnetsOf(view, home).flatMap((own) =>
            subnetsOf(view, other)
              .filter((theirs) => overlaps(own.prefix, theirs.prefix))
              .flatMap((theirs) => {
                const sender = isRouted(view, own);
                const given = isGiven(view, own) && isGiven(view, theirs);
                if (sender === undefined && !given) return [];
                const links = [own.bridge, theirs.bridge].flatMap((link) => link ?? []);
                return {
                  subject: `${view.id}/${own.text}`,
                  title: `${view.id} and ${other.name} both have containers in ${own.text}`,
                  why: `Each of the two keeps packets for ${own.text} for itself; ${given ? 'the overlay has given both the same subnet' : `${sender?.name} sends them to one of the two`}. Containers there are out of reach from the other hosts, or answer for each other.`,
                  evidence: [
                    {
                      fact: `${own.text} on ${own.bridge?.facts.ifname ?? 'a block'}`,
                      source: `ip addr (${home.name})`,
                      netns: home.id,
                    },
                    {
                      fact: `${theirs.text} on ${theirs.bridge?.facts.ifname ?? 'a block'}`,
                      source: `ip addr (${other.name})`,
                      netns: other.id,
                    },
                  ],
                  remedies: [
                    guided({
                      title: 'Give one of the two hosts a subnet of its own',
                      changes: 'Its containers get new addresses.',
                      scope: 'network',
                      risk: 'All containers on that bridge stop and start with new addresses.',
                      riskLevel: 'high',
                      persistence: 'For good.',
                      steps: [
                        'With bip in daemon.json: another subnet, then restart the engine.',
                        'With flannel: remove the lease of one host (same machine id or same public address?) and start flanneld anew.',
                      ],
                    }),
                  ],
                  affects: [home.id, other.id, ...links.map((link) => link.id)],
                };
              }),
          ),
        )
    );
  },
};
