/** An engine of which some containers and networks were asked again. */
import type { EngineAnswers } from '../host/host.ts';
import type { Container, Engine, EngineNetwork } from '../model/container.ts';
import type { HostId } from '../model/ids.ts';
import { parseEngine, resolveSharing } from './parse-engine.ts';
import { resolveMode } from './resolve-mode.ts';

interface Only {
  readonly containers: readonly string[];
  readonly networks: readonly string[];
}

/** Those asked for that the answers no longer have are gone; new ones are added. */
export function updateEngine(engine: Engine, answers: EngineAnswers, host: HostId, only: Only): Engine {
  const answered = parseEngine(answers, host, engine.networks).engine;
  const networks = replaceAsked(engine.networks, answered.networks, only.networks);
  const containers = resolveSharing(replaceAsked(engine.containers, answered.containers, only.containers));
  return { ...engine, containers: containers.map((container) => withMode(container, networks)), networks };
}

/** A network that came or went changes what a container that names it is, though nobody tells of the container. */
function withMode(container: Container, networks: readonly EngineNetwork[]): Container {
  const mode = resolveMode(container, networks);
  return mode === container.mode ? container : { ...container, mode };
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
