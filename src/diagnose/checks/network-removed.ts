/** A stopped container refers to a network that was removed since: it cannot start. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

/** moby daemon/container_operations_unix.go: predefined networks are looked up by name at every start. */
const foundByName = new Set(['bridge', 'host', 'none', 'podman']);

export const networkRemoved: Check = {
  id: 'network-removed',
  severity: 'warning',
  about:
    'A container keeps the id of its networks. After `network prune` or a network made again under the same name the id leads nowhere, and starting ' +
    'the container fails with "network … not found".',
  not: [
    'the default bridge, host and none, which get another id whenever the engine starts and are found by name',
    'networks of other engines',
    'swarm tasks, which are made again',
    'a container without networks',
  ],
  references: ['compose#5745', 'libnetwork#2571'],
  needs: [],
  find: (view) =>
    view.engines.flatMap(({ engine, containers, networks }) => {
      if (networks.length === 0) return [];
      const ids = new Set(networks.map((network) => network.facts.fullId));
      return containers.flatMap((container) => {
        const { name, labels, pid } = container.facts;
        if (pid > 0 || labels['com.docker.swarm.task.id'] !== undefined) return [];
        const lost = container.facts.endpoints.find(
          ({ network, networkId }) => networkId !== '' && !ids.has(networkId) && !foundByName.has(network),
        );
        if (lost === undefined) return [];
        const twin = networks.find((network) => network.facts.name === lost.network);
        return {
          subject: name,
          title: `${name} cannot start: its network ${lost.network} was removed`,
          why: `It refers to network id ${lost.networkId.slice(0, 12)}, which does not exist${twin === undefined ? '' : '; a network of that name was made again since'}.`,
          evidence: [
            {
              fact: `network ${lost.network}, id ${lost.networkId.slice(0, 12)}`,
              source: `${engine.kind} inspect ${name}`,
              container: container.id,
            },
            { fact: `no network with that id`, source: `${engine.kind} network ls` },
          ],
          remedies: [
            guided({
              title: 'Attach it to the present network',
              changes: `${name} refers to ${lost.network} by its present id.`,
              scope: 'container',
              risk: `Nobody is interrupted: ${name} does not run.`,
              riskLevel: 'low',
              persistence: 'For good.',
              commands: [
                ...(twin === undefined ? [{ argv: ['docker', 'network', 'create', lost.network] }] : []),
                { argv: ['docker', 'network', 'disconnect', '-f', lost.network, name] },
                { argv: ['docker', 'network', 'connect', lost.network, name] },
              ],
            }),
          ],
          affects: [container.id],
        };
      });
    }),
};
