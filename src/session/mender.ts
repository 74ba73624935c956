/** Mends what diagnosis found, and takes it back: chooses host, finding and remedy, and checks with a fresh reading. */
import type { Diagnosis, Finding, Remedy } from '../diagnose/finding.ts';
import type { Change, Plan } from '../fix/change.ts';
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import { runnableArgv } from '../model/runnable-argv.ts';
import type { Doctor } from './doctor.ts';

export interface Ends {
  readonly from: string;
  readonly to: string;
}

export interface FixQuestion {
  /** A finding's id, or so much of it that one finding is meant. */
  readonly finding: string;
  /** Its number; absent: the first that can be applied. */
  readonly remedy?: number;
  /** The connection that is to work afterwards. */
  readonly ends?: Ends;
  /** Seconds: taken back then unless confirmed. 0 and absent: kept. */
  readonly confirmWithin?: number;
}

export interface FixPreview {
  readonly finding: Finding;
  readonly remedy: Remedy;
  readonly change: Change;
  /** Why `applyFix` would refuse, one sentence; absent when it would not. */
  readonly refused?: string;
}

export type Refusal = { readonly error: string };

export interface Mender {
  previewFix(question: FixQuestion): Promise<FixPreview | Refusal>;
  /** Never rejects for the machine's sake: what failed is told in the change. */
  applyFix(question: FixQuestion, progress?: (what: string) => void): Promise<Change | Refusal>;
  /** Without an id: the last change that can be taken back. */
  undo(id?: string): Promise<Change | Refusal>;
  /** Keeps a change that waits; completes one that was interrupted. */
  confirm(id: string, progress?: (what: string) => void): Promise<Change | Refusal>;
  /** Newest last. `damaged`: lines of the journal that could not be read. */
  journal(): Promise<{ readonly changes: readonly Change[]; readonly damaged: number; readonly folder: string }>;
}

export interface MenderParts {
  readonly hosts: readonly Host[];
  readonly readOnly: boolean;
  readonly doctor: Doctor;
  readonly graph: () => Graph | undefined;
  readonly refresh: () => Promise<void>;
}

/** The kernel needs a moment: carriers come up, neighbours answer. */
const recheckAfterMs = [0, 250, 750, 2000] as const;

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const loadFix = async () => {
  const [{ applyRemedy }, { undoChange }, { confirmChange }, { openJournal }, { previewChange, reportChange }] =
    await Promise.all([
      import('../fix/apply-remedy.ts'),
      import('../fix/undo-change.ts'),
      import('../fix/confirm-change.ts'),
      import('../fix/journal/open-journal.ts'),
      import('../fix/report-change.ts'),
    ]);
  return { applyRemedy, undoChange, confirmChange, openJournal, previewChange, reportChange };
};

const findFinding = ({ findings, folded }: Diagnosis, word: string): Finding | Refusal => {
  const all = [...findings, ...folded];
  const exact = all.find((one) => one.id === word);
  if (exact !== undefined) return exact;
  const near = all.filter((one) => one.id.startsWith(word) || one.subject === word);
  if (near.length === 1) return near[0]!;
  const list = (near.length === 0 ? all : near).map((one) => one.id);
  const found = list.length === 0 ? 'nothing wrong was found' : `there are ${list.slice(0, 8).join(', ')}`;
  return { error: `${word}: ${near.length === 0 ? 'no such finding now' : 'more than one finding'} (${found})` };
};

const chooseRemedy = ({ id, remedies }: Finding, n: number | undefined): Remedy | Refusal => {
  const chosen =
    n === undefined
      ? (remedies.find((remedy) => remedy.automatic) ?? remedies[0])
      : remedies.find((remedy) => remedy.n === n);
  if (chosen !== undefined) return chosen;
  return {
    error:
      remedies.length === 0
        ? `${id}: nothing that commands could mend is known`
        : `${id}: has no remedy ${n} (it has 1 to ${remedies.length})`,
  };
};

/** The host that the finding is about: the one its evidence names. */
const hostOf = (hosts: readonly Host[], finding: Finding, remedy: Remedy): Host | undefined => {
  if (hosts.length === 1) return hosts[0];
  const ids = [...remedy.commands, ...finding.evidence].flatMap(({ netns }) => netns ?? []);
  return hosts.find((host) => ids.some((id) => id.startsWith(`${host.id}|`)));
};

const planOf = (graph: Graph, finding: Finding, remedy: Remedy, ends: Ends | undefined): Plan => ({
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

export function createMender({ hosts, readOnly, doctor, graph, refresh }: MenderParts): Mender {
  const diagnoseNow = async (now: Graph, ends: Ends | undefined) =>
    ends === undefined ? doctor.findings(now) : doctor.connection(now, ends);

  /** `chosen`: the user named this very remedy, so that one which only a person can judge may be run, if it can be taken back. */
  const whyRefused = (now: Graph, host: Host | undefined, remedy: Remedy, chosen: boolean): string | undefined => {
    if (readOnly) return '--read-only forbids it';
    if (host === undefined) return 'it cannot be told on which of the hosts it is to be done';
    if (!host.live) return 'a recording cannot be changed';
    if (remedy.commands.length === 0) return 'it has steps that only a person can do';
    if (!remedy.automatic && remedy.undo.length === 0) return 'it cannot be taken back: it is for you to run yourself';
    if (!remedy.automatic && !chosen) return `it is for you to judge (--remedy ${remedy.n} says that you have)`;
    if (now.hosts.get(host.id)?.facts.privileged === false) return 'it needs root';
    return undefined;
  };

  const choose = async ({ finding: word, remedy: n, ends }: FixQuestion) => {
    const now = graph();
    if (now === undefined) return { error: 'nothing has been read yet' };
    const found = await diagnoseNow(now, ends);
    if ('error' in found) return found;
    const finding = findFinding(found, word);
    if ('error' in finding) return finding;
    const remedy = chooseRemedy(finding, n);
    if ('error' in remedy) return remedy;
    const host = hostOf(hosts, finding, remedy);
    return {
      finding,
      remedy,
      host,
      known: new Set([...found.findings, ...found.folded].map(({ id }) => id)),
      plan: planOf(now, finding, remedy, ends),
      refused: whyRefused(now, host, remedy, n !== undefined),
    };
  };

  /** A rule that moved by one gives the same finding another id: a new one of the same check counts as the old one. */
  const isStillThere = async (now: Graph, { id, check }: Finding, known: ReadonlySet<string>): Promise<boolean> => {
    const { findings, folded } = await doctor.findings(now);
    return (
      [...findings, ...folded].some((one) => one.id === id) ||
      findings.some((one) => one.check === check && !known.has(one.id))
    );
  };

  const recheckOnce = async (finding: Finding, ends: Ends | undefined, known: ReadonlySet<string>) => {
    await refresh();
    const now = graph();
    if (now === undefined) return { findingGone: false };
    if (ends === undefined) return { findingGone: !(await isStillThere(now, finding, known)) };
    const connection = await doctor.connection(now, ends);
    if ('error' in connection || connection.trace.outcome === 'unknown')
      return { findingGone: !(await isStillThere(now, finding, known)) };
    // The connection that was to work works: others may still meet the same obstacle.
    const traceAgrees = connection.trace.outcome === 'delivered';
    return { findingGone: traceAgrees || !(await isStillThere(now, finding, known)), traceAgrees };
  };

  const recheck = async (finding: Finding, ends: Ends | undefined, known: ReadonlySet<string>) => {
    let last: { readonly findingGone: boolean; readonly traceAgrees?: boolean } = { findingGone: false };
    for (const ms of recheckAfterMs) {
      await pause(ms);
      last = await recheckOnce(finding, ends, known);
      if (last.findingGone && last.traceAgrees !== false) break;
    }
    return last;
  };

  const applyFix: Mender['applyFix'] = async (question, progress) => {
    const chosen = await choose(question);
    if ('error' in chosen) return chosen;
    const { applyRemedy, openJournal, previewChange } = await loadFix();
    const { finding, plan, host, refused, known } = chosen;
    if (refused !== undefined || host === undefined)
      return previewChange(plan, 'failed', `nothing was changed: ${refused}`);
    const { startDetached } = await import('../host/state/start-detached.ts');
    const seconds = question.confirmWithin ?? 0;
    return applyRemedy(host, openJournal(), plan, {
      recheck: () => recheck(finding, question.ends, known),
      arm: (id) => startDetached(['__revert', id]),
      ...(seconds === 0 ? {} : { confirmWithin: seconds }),
      ...(progress === undefined ? {} : { progress }),
    });
  };

  /** A host runs commands only in netns it has seen. */
  const hostFor = async (id: string | undefined): Promise<Host | Refusal> => {
    const { openJournal } = await loadFix();
    const { findUndoable } = await import('../fix/undo-change.ts');
    const entry = findUndoable((await openJournal().read()).entries, id);
    const host = entry === undefined ? hosts[0] : hosts.find((one) => one.id === entry.planned.host);
    if (host === undefined)
      return { error: `change ${entry?.id} was made on ${entry?.planned.host}, which is not looked at here` };
    if (readOnly) return { error: 'nothing was changed: --read-only forbids it' };
    if (!host.live) return { error: 'nothing was changed: a recording cannot be changed' };
    await host.ask({ about: 'netns', parts: [] });
    return host;
  };

  const undo: Mender['undo'] = async (id) => {
    const host = await hostFor(id);
    if ('error' in host) return host;
    const { undoChange, openJournal } = await loadFix();
    const change = await undoChange(host, openJournal(), id);
    if (graph() !== undefined) await refresh();
    return change;
  };

  return {
    previewFix: async (question) => {
      const chosen = await choose(question);
      if ('error' in chosen) return chosen;
      const { previewChange } = await loadFix();
      const { finding, remedy, plan, refused } = chosen;
      const change = previewChange(plan, 'previewed');
      return { finding, remedy, change, ...(refused === undefined ? {} : { refused }) };
    },
    applyFix,
    undo,
    confirm: async (id, progress) => {
      if (readOnly) return { error: 'nothing was changed: --read-only forbids it' };
      const { confirmChange, openJournal } = await loadFix();
      const change = await confirmChange(openJournal(), id);
      if ('error' in change || change.state !== 'interrupted') return change;
      // Completing is beginning again from a known state.
      const entry = (await openJournal().read()).entries.find((one) => one.id === id);
      const undone = await undo(id);
      if ('error' in undone || undone.state !== 'undone' || entry === undefined) return undone;
      await refresh();
      const { finding, remedy, ends } = entry.planned.plan;
      return applyFix({ finding, remedy, ...(ends === undefined ? {} : { ends }) }, progress);
    },
    journal: async () => {
      const { openJournal, reportChange } = await loadFix();
      const journal = openJournal();
      const { entries, damaged } = await journal.read();
      const lock = entries.length === 0 ? undefined : await journal.lock(0);
      await lock?.release();
      return { changes: entries.map((one) => reportChange(one, lock === undefined)), damaged, folder: journal.folder };
    },
  };
}
