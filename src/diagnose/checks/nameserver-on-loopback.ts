/** A container's resolv.conf names a server on its own loopback, where nobody listens. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

const servers = (resolvConf: string) => [...resolvConf.matchAll(/^\s*nameserver\s+(\S+)/gm)].map((match) => match[1]!);
const isLoopback = (address: string) => (address.startsWith('127.') && address !== '127.0.0.11') || address === '::1';

export const nameserverOnLoopback: Check = {
  id: 'nameserver-on-loopback',
  severity: 'warning',
  about:
    'A name server at 127.0.0.1 or 127.0.0.53 is the host’s own; inside a container that address is the container itself, and nobody answers there. It ' +
    'gets in by a bind-mounted resolv.conf or --dns 127.0.0.1.',
  not: [
    '127.0.0.11, the engine’s resolver',
    'mode host, where the host’s loopback is meant',
    'a container that runs its own resolver',
    'further servers that work',
  ],
  references: ['moby#34972', 'moby resolvconf.go'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ running }) =>
      running.flatMap((container) => {
        const { name, files, mode } = container.facts;
        const netns = view.netnsOf(container.netns);
        if (
          files?.resolvConf === undefined ||
          netns?.facts.sockets === undefined ||
          netns.facts.isHost ||
          mode === 'host'
        )
          return [];
        const all = servers(files.resolvConf);
        if (all.length === 0 || !all.every(isLoopback)) return [];
        if (netns.facts.sockets.some((socket) => socket.port === 53)) return [];
        return {
          subject: name,
          title: `${name} asks its own loopback (${all.join(', ')}) for names`,
          why: 'Nobody inside listens on port 53: no name is resolved.',
          evidence: [
            {
              fact: all.map((server) => `nameserver ${server}`).join(', '),
              source: `/etc/resolv.conf (${name})`,
              container: container.id,
            },
            { fact: 'nobody listens on port 53', source: `ss -lntu (${name})`, netns: netns.id },
          ],
          remedies: [
            guided({
              title: 'Give the containers a name server they reach',
              changes: 'New and restarted containers ask that server.',
              scope: 'host',
              risk: 'The engine is restarted for daemon.json.',
              riskLevel: 'medium',
              persistence: 'For good.',
              steps: ['daemon.json: "dns": ["ADDRESS"], or --dns for one container'],
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
