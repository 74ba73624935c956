/** Adds to containers what their own resolv.conf and hosts say. */
import type { Host } from '../host/host.ts';
import type { CollectedEngines } from './collect-engines.ts';

export async function collectContainerFiles(host: Host, found: CollectedEngines): Promise<CollectedEngines> {
  const containers = found.engines.flatMap((engine) =>
    engine.containers.flatMap(({ fullId, pid }) => (pid > 0 ? [{ fullId, pid }] : [])),
  );
  if (containers.length === 0) return found;
  const answer = await host.ask({ about: 'containerFiles', containers });
  const files = new Map((answer.value ?? []).map(({ fullId, ...texts }) => [fullId, texts]));
  const engines = found.engines.map((engine) => ({
    ...engine,
    containers: engine.containers.map((container) => {
      const texts = files.get(container.fullId);
      return texts === undefined ? container : { ...container, files: texts };
    }),
  }));
  return { engines, gaps: [...found.gaps, ...answer.gaps] };
}
