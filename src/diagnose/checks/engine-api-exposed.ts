/** The engine's API is open on the network: whoever reaches it is root on this host. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';

const isLoopback = (address: string) => address.startsWith('127.') || address === '::1';

export const engineApiExposed: Check = {
  id: 'engine-api-exposed',
  severity: 'security',
  about:
    'Who can talk to the engine’s API can start a privileged container, that is, be root. dockerd that listens on TCP port 2375 asks for no key at all.',
  not: [
    'a listener on loopback',
    'port 2376, which means TLS by convention',
    'swarm’s own ports 2377 and 7946',
    'the unix socket',
  ],
  references: ['docs.docker.com/engine/security/protect-access', 'CIS Docker Benchmark 2.7'],
  needs: ['sockets'],
  find: (view) =>
    view.engines.flatMap(({ netns }) =>
      (netns?.facts.sockets ?? [])
        .filter(
          (socket) =>
            socket.proto === 'tcp' &&
            socket.port === 2375 &&
            !isLoopback(socket.local) &&
            socket.processes.some(({ comm }) => comm === 'dockerd' || comm === 'systemd'),
        )
        .slice(0, 1)
        .map((socket) => ({
          subject: 'tcp/2375',
          title: "The engine's API is open on TCP port 2375 without a key",
          why: 'Whoever reaches this port can become root on this host.',
          evidence: [
            {
              fact: `dockerd listens on ${socket.local}:2375`,
              source: `ss -lntp ${where(netns)}`,
              ...(netns === undefined ? {} : { netns: netns.id }),
            },
          ],
          remedies: [
            guided({
              title: 'Listen on the unix socket only',
              changes: 'Remote users come by SSH: docker -H ssh://…',
              scope: 'host',
              risk: 'Programs that use the port lose the engine; it is restarted.',
              riskLevel: 'high',
              persistence: 'For good.',
              steps: ['remove tcp://… from "hosts" in daemon.json and from the unit, then restart docker'],
            }),
          ],
          affects: [],
        })),
    ),
};
