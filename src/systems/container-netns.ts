/** Namespaces that an engine says belong to containers, and the host's own. */
import { engineName } from './endpoint-of.ts';
import { labelOf, type System } from './system.ts';

export const containerNetns: System = {
  name: 'namespaces of containers',
  labelNetns({ graph, netns }) {
    if (netns.facts.isHost) return labelOf('the kernel')('the network namespace of the host itself');
    const owners = netns.containers.flatMap((id) => graph.containers.get(id) ?? []);
    const [first, ...rest] = owners;
    if (first === undefined) return undefined;
    const engine = labelOf(engineName(first.facts.engine));
    if (rest.length === 0) return engine(`belongs to container ${first.facts.name}`);
    return engine(`shared by containers ${owners.map((owner) => owner.facts.name).join(', ')}`);
  },
};
