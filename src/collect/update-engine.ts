/** An engine of which some containers and networks were asked again. */
import type { EngineAnswers } from '../host/host.ts';
import type { Engine } from '../model/container.ts';
import type { HostId } from '../model/ids.ts';
import { parseEngine, resolveSharing } from './parse-engine.ts';

interface Only {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

/** Those asked for that the answers no longer have are gone; new ones are added. */
export function updateEngine(engine: Engine, answers: EngineAnswers, host: HostId, only: Only): Engine {
  const { containers, networks } = parseEngine(answers, host, engine.networks).engine;
  return {
    ...engine,
    containers: resolveSharing(replaceAsked(engine.containers, containers, only.containers)),
    networks: replaceAsked(engine.networks, networks, only.networks),
  };
}

function replaceAsked<T extends { readonly fullId: string }>(
  old: readonly T[],
  now: readonly T[],
  asked: readonly string[],
): readonly T[] {
  const answered = new Map(now.map((item) => [item.fullId, item]));
  const known = new Set(old.map(({ fullId }) => fullId));
  const kept = old.flatMap((item) => answered.get(item.fullId) ?? (asked.includes(item.fullId) ? [] : [item]));
  return [...kept, ...now.filter(({ fullId }) => !known.has(fullId))];
}
