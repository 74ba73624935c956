/** From a word to the finding and the remedy that are meant, and to the plan that is carried out. */
import type { Diagnosis, Finding, Remedy } from '../diagnose/finding.ts';
import type { Plan } from '../fix/change.ts';
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import { runnableArgv } from '../model/runnable-argv.ts';
import type { Ends, Refusal } from './mender.ts';

export const findFinding = ({ findings, folded }: Diagnosis, word: string): Finding | Refusal => {
  const all = [...findings, ...folded];
  const exact = all.find((one) => one.id === word);
  if (exact !== undefined) return exact;
  const near = all.filter((one) => one.id.startsWith(word) || one.subject === word);
  if (near.length === 1) return near[0]!;
  const list = (near.length === 0 ? all : near).map((one) => one.id);
  const found = list.length === 0 ? 'nothing wrong was found' : `there are ${list.slice(0, 8).join(', ')}`;
  return { error: `${word}: ${near.length === 0 ? 'no such finding now' : 'more than one finding'} (${found})` };
};

const isFault = ({ severity, check }: Finding): boolean =>
  severity === 'error' || severity === 'warning' || check === 'connection';

/**
 * Of a connection that fails: the first that has a remedy, else what stops it. Where a rule stops it, that finding opens the way for those it was seen
 * with: the connection's own deciding step opens it for this one.
 */
export const findReason = ({ findings, folded }: Diagnosis, { from, to }: Ends): Finding | Refusal => {
  const faults = findings.filter(isFault);
  // Nothing explains it but its own deciding step: what else is wrong with what it meets would not mend it.
  if (faults[0]?.check === 'connection' && faults[0].severity === 'error') return faults[0];
  const own = [...findings, ...folded].find(({ check }) => check === 'connection');
  if (own !== undefined && own.remedies.length > 0 && faults[0]?.check === 'flow-blocked') return own;
  return (
    faults.find(({ remedies }) => remedies.some(({ automatic }) => automatic)) ??
    faults.find(({ remedies }) => remedies.length > 0) ??
    faults[0] ?? { error: `${from} to ${to}: nothing wrong was found` }
  );
};

export const chooseRemedy = ({ id, title, why, remedies }: Finding, n: number | undefined): Remedy | Refusal => {
  const chosen =
    n === undefined
      ? (remedies.find((remedy) => remedy.automatic) ?? remedies[0])
      : remedies.find((remedy) => remedy.n === n);
  if (chosen !== undefined) return chosen;
  return {
    error:
      remedies.length === 0
        ? `${title}: nothing that commands could mend is known. ${why}`
        : `${id}: has no remedy ${n} (it has 1 to ${remedies.length})`,
  };
};

/** The host that the finding is about: the one its evidence names. */
export const hostOf = (hosts: readonly Host[], finding: Finding, remedy: Remedy): Host | undefined => {
  if (hosts.length === 1) return hosts[0];
  const meant = remedy.commands.flatMap(({ host }) => host ?? [])[0];
  if (meant !== undefined) return hosts.find((host) => host.id === meant);
  const ids = [
    ...[...remedy.commands, ...finding.evidence].flatMap(({ netns }) => netns ?? []),
    ...finding.evidence.flatMap(({ link, container }) => link ?? container ?? []),
  ];
  return ids.map((id) => hosts.find((host) => id.startsWith(`${host.id}|`))).find((host) => host !== undefined);
};

export const planOf = (graph: Graph, finding: Finding, remedy: Remedy, ends: Ends | undefined): Plan => ({
  finding: finding.id,
  title: remedy.title,
  remedy: remedy.n,
  commands: remedy.commands,
  undo: remedy.undo,
  shown: {
    commands: remedy.commands.map((command) => runnableArgv(command, graph)),
    undo: remedy.undo.map((command) => runnableArgv(command, graph)),
  },
  ...(ends === undefined ? {} : { ends }),
});
