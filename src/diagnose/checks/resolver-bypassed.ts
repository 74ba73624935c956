/** A container on a network with names does not ask the engine's resolver: it finds none of its neighbours by name. */
import type { ContainerNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import { leadsToResolver } from '../embedded-resolver.ts';
import type { EngineView } from '../host-view.ts';
import { guided } from '../remedies.ts';

const servers = (resolvConf: string): readonly string[] =>
  [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1]!);

const isLoopback = (address: string): boolean => address.startsWith('127.') || address === '::1';

const withNames: ReadonlySet<string> = new Set(['bridge', 'macvlan', 'ipvlan', 'overlay']);

/** Networks of people have names; the default bridge has none. */
function namedNetwork({ engine, networks }: EngineView, { facts }: ContainerNode): string | undefined {
  if (engine.kind !== 'docker' || facts.mode === 'host' || facts.mode === 'container') return undefined;
  const own = facts.endpoints.map(({ network, networkId }) =>
    networks.find((one) => one.facts.fullId === networkId || one.facts.name === network),
  );
  return own.find(
    (network) => network !== undefined && network.facts.name !== 'bridge' && withNames.has(network.facts.driver),
  )?.facts.name;
}

export const resolverBypassed: Check = {
  id: 'resolver-bypassed',
  severity: 'warning',
  about:
    'On a network of its own name the engine writes 127.0.0.11, its resolver, into the container’s resolv.conf. When a program inside, or a mounted file, puts other ' +
    'servers there, names of other containers are not resolved: those servers never heard of them.',
  not: [
    'mode none, and the default bridge, where no resolver of the engine is',
    'a container that asks the engine’s resolver among others',
    'a server of its own on loopback, which may ask the engine’s',
    'resolv.conf that was not read',
    'a netns without the rules that lead to the engine’s resolver',
  ],
  references: ['moby libnetwork/resolver.go', 'man 5 resolv.conf'],
  needs: [],
  find: (view) =>
    view.engines.flatMap((each) =>
      each.running.flatMap((container) => {
        const { name, files } = container.facts;
        const network = namedNetwork(each, container);
        if (files?.resolvConf === undefined || network === undefined) return [];
        const asked = servers(files.resolvConf);
        if (asked.some(isLoopback)) return [];
        // Without the rules there is no resolver of the engine to be passed by.
        const netns = view.netnsOf(container.netns);
        if (netns === undefined || leadsToResolver(view, netns) !== true) return [];
        return {
          subject: name,
          title:
            asked.length === 0
              ? `${name} has no name server in its resolv.conf`
              : `${name} asks ${asked.join(', ')} for names instead of the engine's resolver`,
          why: `Names of other containers on ${network} are known to 127.0.0.11 alone: ${name} does not find its neighbours by name.`,
          evidence: [
            {
              fact: asked.map((server) => `nameserver ${server}`).join(', ') || 'no line "nameserver"',
              source: `/etc/resolv.conf (${name})`,
              container: container.id,
            },
          ],
          remedies: [
            guided({
              title: `Restart ${name}`,
              changes: 'The engine writes resolv.conf anew, with its resolver in it.',
              scope: 'container',
              risk: `${name} is down for a moment.`,
              riskLevel: 'medium',
              persistence: 'Until whatever wrote the file writes it again; a file that is mounted stays as it is.',
              commands: [{ argv: ['docker', 'restart', name] }],
              steps: ['servers that the engine should ask for it: --dns ADDRESS, or "dns" in daemon.json'],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
