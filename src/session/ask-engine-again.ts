/** After events of an engine: asks only for what they named, and puts the answers into the snapshot. */
import { updateContainers } from '../collect/collect-engines.ts';
import { parseEngine } from '../collect/parse-engine.ts';
import type { Host } from '../host/host.ts';
import type { Engine, EngineNetwork } from '../model/container.ts';
import type { EngineChanges } from './apply-events.ts';

/** Members that joined or left: their endpoints changed too. */
const movedBetween = (before: EngineNetwork | undefined, after: EngineNetwork | undefined): readonly string[] => {
  const [old, now] = [new Set(before?.containers), new Set(after?.containers)];
  return [...[...old].filter((id) => !now.has(id)), ...[...now].filter((id) => !old.has(id))];
};

/** The engine as it is now; the old one when it does not answer. Networks come first: they tell which containers moved. */
export const askEngineAgain = async (host: Host, engine: Engine, changes: EngineChanges): Promise<Engine> => {
  const which = { about: 'engines', engine: engine.kind, socket: engine.socket } as const;
  if (changes.everything) {
    const answer = await host.ask(which);
    const now = answer.value?.[0];
    return now === undefined ? engine : parseEngine(now, host.id).engine;
  }
  const containers = new Set(changes.containers);
  let current = engine;
  if (changes.networks.size > 0) {
    const asked = [...changes.networks];
    const answer = await host.ask({ ...which, only: { containers: [], networks: asked } });
    const told = answer.value?.[0];
    if (told !== undefined) {
      const found = new Map(parseEngine(told, host.id).engine.networks.map((one) => [one.fullId, one] as const));
      const before = new Map(engine.networks.map((one) => [one.fullId, one] as const));
      for (const id of asked) for (const moved of movedBetween(before.get(id), found.get(id))) containers.add(moved);
      const kept = engine.networks.filter((one) => !changes.networks.has(one.fullId));
      current = { ...engine, networks: [...kept, ...found.values()] };
    }
  }
  if (containers.size === 0) return current;
  const asked = [...containers];
  const answer = await host.ask({ ...which, only: { containers: asked, networks: [] } });
  const told = answer.value?.[0];
  return told === undefined ? current : updateContainers(current, told, host.id, asked);
};
