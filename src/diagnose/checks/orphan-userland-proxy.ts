/** A docker-proxy serves an address no running container has: it keeps the port from others. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';

const argument = (cmdline: string, name: string): string | undefined => {
  const words = cmdline.split(/[\s\0]+/);
  const at = words.indexOf(name);
  return at < 0 ? undefined : words[at + 1];
};

export const orphanUserlandProxy: Check = {
  id: 'orphan-userland-proxy',
  severity: 'warning',
  about:
    'docker-proxy processes outlive a daemon that is killed. One that serves a container that is gone keeps its port: the next container gets "address already in use".',
  not: [
    'a proxy of a running container',
    'a proxy of another engine or whose arguments could not be read',
    'an engine whose containers could not be listed',
  ],
  references: ['moby#25981', 'moby#36591'],
  needs: ['sockets'],
  find: (view) => {
    const engines = view.engines.filter(({ engine }) => engine.kind === 'docker' && !engine.rootless);
    if (
      engines.length === 0 ||
      engines.some(({ engine }) => engine.containers.length === 0 && engine.networks.length === 0)
    )
      return [];
    const living = new Set(
      engines.flatMap(({ running }) =>
        running.flatMap((one) => one.facts.endpoints.flatMap((endpoint) => [endpoint.ipv4 ?? '', endpoint.ipv6 ?? ''])),
      ),
    );
    for (const netns of view.netns)
      for (const id of netns.links) for (const address of view.link(id)?.addresses ?? []) living.add(address.local);
    return engines.flatMap(({ netns }) => {
      const seen = new Set<number>();
      return (netns?.facts.sockets ?? []).flatMap((socket) =>
        socket.processes.flatMap(({ pid, comm, cmdline }) => {
          const target = cmdline === undefined ? undefined : argument(cmdline, '-container-ip');
          if (!comm.startsWith('docker-pr') || target === undefined || living.has(target) || seen.has(pid)) return [];
          seen.add(pid);
          return {
            subject: `${socket.port}/${socket.proto}`,
            title: `An orphaned docker-proxy keeps port ${socket.port}/${socket.proto}`,
            why: `It leads to ${target}, which nobody has; no container can be given the port while it runs.`,
            evidence: [
              {
                fact: `pid ${pid}: docker-proxy -container-ip ${target}`,
                source: `ss -lntup ${where(netns)}`,
                ...(netns === undefined ? {} : { netns: netns.id }),
              },
            ],
            remedies: [
              guided({
                title: 'End this process',
                changes: `Process ${pid} ends and the port is free.`,
                scope: 'host',
                risk: 'Nobody is served by it.',
                riskLevel: 'low',
                persistence: 'For good.',
                commands: [{ argv: ['kill', String(pid)] }],
              }),
            ],
            affects: [],
          };
        }),
      );
    });
  },
};
