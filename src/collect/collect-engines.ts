/** Asks the engines for containers and networks, and compares what they say with the processes that were seen. */
import type { Host } from '../host/host.ts';
import type { Container, Engine, EngineKind } from '../model/container.ts';
import type { Gap } from '../model/gap.ts';
import type { Netns } from '../model/netns.ts';
import { parseEngine } from './parse-engine.ts';
import { findUnseenContainers } from './unseen-containers.ts';
import { updateEngine } from './update-engine.ts';

export interface EngineChoice {
  /** Default `auto`: every engine that answers. */
  readonly engine?: 'auto' | 'none' | EngineKind;
  readonly engineSocket?: string;
}

export interface CollectedEngines {
  readonly engines: readonly Engine[];
  readonly gaps: readonly Gap[];
}

export async function collectEngines(host: Host, choice: EngineChoice): Promise<CollectedEngines> {
  if (choice.engine === 'none') return { engines: [], gaps: [] };
  const answer = await host.ask({
    about: 'engines',
    ...(choice.engine === undefined || choice.engine === 'auto' ? {} : { engine: choice.engine }),
    ...(choice.engineSocket === undefined ? {} : { socket: choice.engineSocket }),
  });
  const parsed = (answer.value ?? []).map((engine) => parseEngine(engine, host.id));
  return { engines: parsed.map(({ engine }) => engine), gaps: [...answer.gaps, ...parsed.flatMap(({ gaps }) => gaps)] };
}

/**
 * A container whose process was not seen in any netns has ended between the two readings (or its engine counts pids we cannot see):
 * the engine is asked about it once more, and its second word stands.
 */
export async function confirmContainers(
  host: Host,
  found: CollectedEngines,
  netns: readonly Netns[],
): Promise<CollectedEngines> {
  const confirmed = await Promise.all(
    found.engines.map(async (engine): Promise<CollectedEngines> => {
      const unseen = findUnseenContainers(engine.containers, netns);
      return unseen.length === 0 ? { engines: [engine], gaps: [] } : confirmUnseen(host, engine, unseen, netns);
    }),
  );
  return {
    engines: confirmed.flatMap(({ engines }) => engines),
    gaps: [...found.gaps, ...confirmed.flatMap(({ gaps }) => gaps)],
  };
}

async function confirmUnseen(
  host: Host,
  engine: Engine,
  unseen: readonly Container[],
  netns: readonly Netns[],
): Promise<CollectedEngines> {
  const only = { containers: unseen.map(({ fullId }) => fullId), networks: [] };
  const answer = await host.ask({ about: 'engines', engine: engine.kind, socket: engine.socket, only });
  const again = answer.value?.[0];
  if (again === undefined) return { engines: [engine], gaps: answer.gaps };
  const updated = updateEngine(engine, again, host.id, only);
  const asked = updated.containers.filter(({ fullId }) => only.containers.includes(fullId));
  const gaps = findUnseenContainers(asked, netns).map(
    ({ name, pid }): Gap => ({
      source: `/proc/${pid}`,
      reason: 'vanished',
      detail: `the process of container ${name} is not among those seen`,
      howToSee: 'run vethscope in the pid namespace of the engine',
    }),
  );
  return { engines: [updated], gaps: [...answer.gaps, ...gaps] };
}
