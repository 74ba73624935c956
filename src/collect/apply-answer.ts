/** A snapshot and the answer to one question that `applyEvents` wanted asked → the next snapshot. */
import type { Answer, ContainerFiles, EngineAnswers, OvsAnswer, Question } from '../host/host.ts';
import type { Engine } from '../model/container.ts';
import type { Netns } from '../model/netns.ts';
import type { HostFacts, Snapshot } from '../model/snapshot.ts';
import { parseOpenVswitch } from './collect-open-vswitch.ts';
import { distinct } from './distinct.ts';
import { mergeNetns, sortNetns, updateNetns } from './merge-netns.ts';
import { parseEngine } from './parse-engine.ts';
import { updateEngine } from './update-engine.ts';

/** Pure. An answer without a value leaves what was known, and adds its gaps. */
export function applyAnswer(snapshot: Snapshot, question: Question, answer: Answer<unknown>): Snapshot {
  const next = { ...snapshot, gaps: distinct([...snapshot.gaps, ...answer.gaps]) };
  if (answer.value === undefined) return next;
  switch (question.about) {
    case 'host':
      return { ...next, host: answer.value as HostFacts };
    case 'netns': {
      const read = answer.value as readonly Netns[];
      if (question.only === undefined) return { ...next, netns: sortNetns(mergeNetns(snapshot.netns, read)) };
      // Only namespaces that are still there: an answer can be older than the event that took one away.
      const known = new Set(snapshot.netns.map(({ id }) => id));
      return {
        ...next,
        netns: updateNetns(
          snapshot.netns,
          read.filter(({ id }) => known.has(id)),
        ),
      };
    }
    case 'engines':
      return applyEngines(next, question, answer.value as readonly EngineAnswers[]);
    case 'openVswitch': {
      const { openVswitch: _, ...rest } = next;
      return answer.value === null ? rest : { ...rest, openVswitch: parseOpenVswitch(answer.value as OvsAnswer) };
    }
    case 'containerFiles':
      return {
        ...next,
        engines: snapshot.engines.map((engine) => withFiles(engine, answer.value as readonly ContainerFiles[])),
      };
  }
}

function applyEngines(
  snapshot: Snapshot,
  question: Extract<Question, { about: 'engines' }>,
  answers: readonly EngineAnswers[],
): Snapshot {
  const { only, socket } = question;
  const host = snapshot.host.id;
  if (only !== undefined) {
    const engines = snapshot.engines.map((engine) => {
      const answer = answers.find((one) => one.socket === engine.socket);
      return answer === undefined ? engine : keepFiles(updateEngine(engine, answer, host, only), snapshot.engines);
    });
    return { ...snapshot, engines };
  }
  const parsed = answers.map((answer) => parseEngine(answer, host));
  const others = socket === undefined ? [] : snapshot.engines.filter((engine) => engine.socket !== socket);
  return {
    ...snapshot,
    engines: [...others, ...parsed.map(({ engine }) => keepFiles(engine, snapshot.engines))],
    gaps: distinct([...snapshot.gaps, ...parsed.flatMap(({ gaps }) => gaps)]),
  };
}

/** Files were not asked again: those of a container that still runs in the same process are still true. */
function keepFiles(engine: Engine, before: readonly Engine[]): Engine {
  const known = new Map(
    before.flatMap(({ containers }) => containers.map((container) => [container.id, container] as const)),
  );
  const containers = engine.containers.map((container) => {
    const old = known.get(container.id);
    return old?.files === undefined || old.pid !== container.pid ? container : { ...container, files: old.files };
  });
  return { ...engine, containers };
}

function withFiles(engine: Engine, files: readonly ContainerFiles[]): Engine {
  const texts = new Map(files.map(({ fullId, ...read }) => [fullId, read]));
  const containers = engine.containers.map((container) => {
    const read = texts.get(container.fullId);
    return read === undefined ? container : { ...container, files: read };
  });
  return { ...engine, containers };
}
