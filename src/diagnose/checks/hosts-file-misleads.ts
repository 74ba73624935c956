/** A container's own hosts file gives a neighbour's name an address that the neighbour does not have. */
import type { ContainerNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

interface Line {
  readonly address: string;
  readonly names: readonly string[];
}

const linesOf = (hosts: string): readonly Line[] =>
  hosts.split('\n').flatMap((line) => {
    const [address, ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    return address === undefined || names.length === 0 ? [] : { address, names };
  });

const addressesOf = ({ facts }: ContainerNode): readonly string[] =>
  facts.endpoints.flatMap(({ ipv4, ipv6 }) => [ipv4 ?? '', ipv6 ?? '']).filter((address) => address !== '');

/** Names by which the two know each other: on networks both are on. */
function namesBetween({ facts: mine }: ContainerNode, { facts: theirs }: ContainerNode): readonly string[] {
  const shared = theirs.endpoints.filter(({ network }) =>
    mine.endpoints.some((own) => own.network === network && network !== 'bridge'),
  );
  return shared.length === 0 ? [] : [theirs.name, ...shared.flatMap(({ aliases }) => aliases)];
}

/** Name or alias → who has it on any network: few lines name anybody at all. */
function byName(running: readonly ContainerNode[]): ReadonlyMap<string, readonly ContainerNode[]> {
  const named = new Map<string, ContainerNode[]>();
  for (const container of running)
    for (const name of new Set([container.facts.name, ...container.facts.endpoints.flatMap(({ aliases }) => aliases)]))
      named.set(name, [...(named.get(name) ?? []), container]);
  return named;
}

export const hostsFileMisleads: Check = {
  id: 'hosts-file-misleads',
  severity: 'warning',
  about:
    '/etc/hosts goes before any name server. A line for another container, written by hand or given with --add-host, keeps its address when the container is made ' +
    'again with another one: whoever reads the line calls nobody, or somebody else.',
  not: [
    'a line with the address the container has',
    'names of others that no container has',
    'containers that share no network with names',
    'the container’s own lines',
  ],
  references: ['man 5 hosts', 'docker run --add-host'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ running }) => {
      const named = byName(running);
      return running.flatMap((container) => {
        const { name, files, mode } = container.facts;
        if (files?.hosts === undefined || mode === 'host' || mode === 'container') return [];
        const own = addressesOf(container);
        const means = (asked: string, one: ContainerNode) => namesBetween(container, one).includes(asked);
        // A name may stand for several containers: any of theirs will do.
        const isRight = (asked: string, address: string) =>
          (named.get(asked) ?? []).some((one) => addressesOf(one).includes(address) && means(asked, one));
        const misled = linesOf(files.hosts)
          .filter(({ address }) => !own.includes(address))
          .flatMap((line) => line.names.map((asked) => ({ ...line, asked })))
          .filter(({ asked, address }) => named.has(asked) && !isRight(asked, address));
        const others = new Set(misled.flatMap(({ asked }) => named.get(asked) ?? []));
        return [...others].flatMap((other) => {
          if (other === container) return [];
          const wrong = misled.find(({ asked }) => means(asked, other));
          if (wrong === undefined || addressesOf(other).length === 0) return [];
          const { asked } = wrong;
          return {
            subject: `${name}:${asked}`,
            title: `The hosts file of ${name} leads ${asked} to ${wrong.address}, which is not ${other.facts.name}'s`,
            why: `${name} calls ${wrong.address} when it means ${asked}; ${other.facts.name} has ${addressesOf(other).join(', ')}.`,
            evidence: [
              {
                fact: `${wrong.address} ${wrong.names.join(' ')}`,
                source: `/etc/hosts (${name})`,
                container: container.id,
              },
              {
                fact: `${other.facts.name} has ${addressesOf(other).join(', ')}`,
                source: `inspect ${other.facts.name}`,
                container: other.id,
              },
            ],
            remedies: [
              guided({
                title: `Take the line out of the hosts file of ${name}`,
                changes: `The engine's resolver answers for ${asked}.`,
                scope: 'container',
                risk: 'Nobody is interrupted.',
                riskLevel: 'low',
                persistence: `Until ${name} is made again with --add-host ${asked}:…, or whatever wrote the line writes it again.`,
                steps: [
                  `in ${name}: edit /etc/hosts; where --add-host or extra_hosts wrote it: make ${name} again without`,
                ],
              }),
            ],
            affects: [container.id],
          };
        });
      });
    }),
};
