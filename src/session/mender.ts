/** Mends what diagnosis found, and takes it back: chooses host, finding and remedy, and checks with a fresh reading. */
import type { Finding, Remedy } from '../diagnose/finding.ts';
import type { ApplyOptions } from '../fix/apply-remedy.ts';
import type { Change } from '../fix/change.ts';
import type { Journal } from '../fix/journal/open-journal.ts';
import { canRestore } from '../fix/state/why-not-restorable.ts';
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import { chooseRemedy, findFinding, findReason, hostOf, planOf } from './choose-fix.ts';
import type { Doctor } from './doctor.ts';
import type { SshRisk } from './judge-ssh.ts';
import type { PlumbingQuestion } from './plumber.ts';
import { recheck } from './recheck.ts';

export interface Ends {
  readonly from: string;
  readonly to: string;
}

export interface FixQuestion {
  /** A finding's id, or so much of it that one finding is meant; empty, with `ends`: the one that explains why they fail. */
  readonly finding: string;
  /** Something to be wired, instead of a finding. */
  readonly plumbing?: PlumbingQuestion;
  /** Its number; absent: the first that can be applied. */
  readonly remedy?: number;
  /** The connection that is to work afterwards. */
  readonly ends?: Ends;
  /** Seconds: taken back then unless confirmed. 0 and absent: kept. */
  readonly confirmWithin?: number;
  /** The commands that were shown: nothing else is run in their place. */
  readonly shown?: readonly (readonly string[])[];
}

export interface FixPreview {
  readonly finding: Finding;
  readonly remedy: Remedy;
  readonly change: Change;
  /** Absent where nobody works over SSH. The remedy's `cutsConnection` follows from it. */
  readonly ssh?: SshRisk;
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

/** What a change touches lives as long as the machine it was made on runs. */
const journalFor = (journal: Journal, host: Host): Journal =>
  host.bootId === undefined ? journal : { ...journal, bootId: () => host.bootId?.() ?? journal.bootId() };

/** Who takes a change back: on another machine somebody there, on this one a process of this program. */
const guardFor = async (
  host: Host,
  journal: Journal,
  confirmWithin: number | undefined,
): Promise<Pick<ApplyOptions, 'arm' | 'settled' | 'confirmWithin'>> => {
  const { guardOverThere } = await import('../fix/guard-over-there.ts');
  const { startDetached } = await import('../host/state/start-detached.ts');
  return {
    ...(guardOverThere(host, journal, confirmWithin) ?? { arm: (id) => startDetached(['__revert', id]) }),
    ...(confirmWithin === undefined ? {} : { confirmWithin }),
  };
};

export function createMender({ hosts, readOnly, doctor, graph, refresh }: MenderParts): Mender {
  const diagnoseNow = async (now: Graph, ends: Ends | undefined) =>
    ends === undefined ? doctor.findings(now) : doctor.connection(now, ends);

  /** Who named this very remedy has judged it, and may have it run if it can be taken back; who plumbs said what he wants. */
  const whyRefused = (
    now: Graph,
    host: Host | undefined,
    remedy: Remedy,
    chosen: 'default' | 'named' | 'plumbing',
  ): string | undefined => {
    if (readOnly) return '--read-only forbids it';
    if (host === undefined) return 'it cannot be told on which of the hosts it is to be done';
    if (!host.live) return 'a recording cannot be changed';
    if (remedy.commands.length === 0) return 'it has steps that only a person can do';
    if (!remedy.automatic && remedy.undo.length === 0 && !canRestore(remedy.commands) && chosen !== 'plumbing')
      return 'it cannot be taken back: it is for you to run yourself';
    if (!remedy.automatic && chosen === 'default')
      return `it is for you to judge (--remedy ${remedy.n} says that you have)`;
    if (now.hosts.get(host.id)?.facts.privileged === false) return 'it needs root';
    return undefined;
  };

  /** Ours is the machine that the operator has logged in to; others are reached from it. */
  const sshRisk = async (now: Graph, host: Host | undefined, remedy: Remedy): Promise<SshRisk | undefined> => {
    if (host?.live !== true || host.guard !== undefined) return undefined;
    const netns = now.netns.get(now.hosts.get(host.id)?.netns ?? ('' as never));
    const ssh = await (await import('../host/state/ssh-connection.ts')).findSshConnection();
    if (ssh === undefined || netns === undefined) return undefined;
    return (await import('./judge-ssh.ts')).judgeSsh(now, netns, remedy, ssh);
  };

  const choose = async ({ finding: word, plumbing, remedy: n, ends }: FixQuestion) => {
    const now = graph();
    if (now === undefined) return { error: 'nothing has been read yet' };
    // What a fault hides elsewhere is known only from all findings.
    const found = await diagnoseNow(now, plumbing === undefined ? ends : undefined);
    if ('error' in found) return found;
    const finding =
      plumbing !== undefined
        ? (await import('./plumber.ts')).planPlumbing(now, plumbing)
        : word === '' && ends !== undefined
          ? findReason(found, ends)
          : findFinding(found, word);
    if ('error' in finding) return finding;
    const drafted = chooseRemedy(finding, n);
    if ('error' in drafted) return drafted;
    const host = hostOf(hosts, finding, drafted);
    const ssh = await sshRisk(now, host, drafted);
    const remedy = ssh === undefined ? drafted : { ...drafted, cutsConnection: ssh.cuts };
    return {
      finding,
      remedy,
      host,
      ...(ssh === undefined ? {} : { ssh }),
      known: new Set([...found.findings, ...found.folded].map(({ id }) => id)),
      plan: planOf(now, finding, remedy, ends),
      refused: whyRefused(
        now,
        host,
        remedy,
        plumbing !== undefined ? 'plumbing' : n === undefined ? 'default' : 'named',
      ),
    };
  };

  const applyFix: Mender['applyFix'] = async (question, progress) => {
    const chosen = await choose(question);
    if ('error' in chosen) return chosen;
    const { applyRemedy, openJournal, previewChange } = await loadFix();
    const { finding, plan, host, refused, known } = chosen;
    if (refused !== undefined || host === undefined)
      return previewChange(plan, 'failed', `nothing was changed: ${refused}`);
    if (question.shown !== undefined && JSON.stringify(question.shown) !== JSON.stringify(plan.shown.commands))
      return previewChange(plan, 'failed', 'nothing was changed: the host has moved on since it was shown; look again');
    const seconds = question.confirmWithin ?? 0;
    const journal = journalFor(openJournal(), host);
    return applyRemedy(host, journal, plan, {
      recheck: () => recheck({ doctor, graph, refresh }, finding, question.ends, known),
      ...(await guardFor(host, journal, seconds === 0 ? undefined : seconds)),
      ...(progress === undefined ? {} : { progress }),
    });
  };

  /** A host runs commands only in netns it has seen. */
  const hostFor = async (id: string | undefined): Promise<Host | Refusal> => {
    const { openJournal } = await loadFix();
    const [{ findUndoable }, { isOpen }, { settleOverThere }] = await Promise.all([
      import('../fix/undo-change.ts'),
      import('../fix/journal/entry.ts'),
      import('../fix/guard-over-there.ts'),
    ]);
    const entry = findUndoable((await openJournal().read()).entries, id);
    const host = entry === undefined ? hosts[0] : hosts.find((one) => one.id === entry.planned.host);
    if (host === undefined)
      return { error: `change ${entry?.id} was made on ${entry?.planned.host}, which is not looked at here` };
    if (readOnly) return { error: 'nothing was changed: --read-only forbids it' };
    if (!host.live) return { error: 'nothing was changed: a recording cannot be changed' };
    await host.ask({ about: 'netns', parts: [] });
    if (entry !== undefined && isOpen(entry)) await settleOverThere(host, openJournal(), entry.id);
    return host;
  };

  const undo: Mender['undo'] = async (id) => {
    const host = await hostFor(id);
    if ('error' in host) return host;
    const { undoChange, openJournal } = await loadFix();
    const change = await undoChange(host, journalFor(openJournal(), host), id);
    if (graph() !== undefined) await refresh();
    return change;
  };

  /** The finding is looked for by its id: what the change was made for may be gone by now. */
  const complete = async (id: string, progress: ((what: string) => void) | undefined): Promise<Change | Refusal> => {
    const host = await hostFor(id);
    if ('error' in host) return host;
    const [{ completeChange }, { openJournal }] = await Promise.all([import('../fix/complete-change.ts'), loadFix()]);
    const journal = journalFor(openJournal(), host);
    const { plan, confirmWithin } = (await journal.read()).entries.find((one) => one.id === id)?.planned ?? {};
    const now = graph();
    if (plan === undefined || now === undefined) return { error: 'nothing has been read yet' };
    const found = await doctor.findings(now);
    const all = [...found.findings, ...found.folded];
    const check = all.find((one) => one.id === plan.finding)?.check ?? plan.finding.split(':')[0] ?? '';
    const change = await completeChange(host, journal, id, {
      recheck: () =>
        recheck({ doctor, graph, refresh }, { id: plan.finding, check }, plan.ends, new Set(all.map((one) => one.id))),
      ...(await guardFor(host, journal, confirmWithin)),
      ...(progress === undefined ? {} : { progress }),
    });
    await refresh();
    return change;
  };

  return {
    previewFix: async (question) => {
      const chosen = await choose(question);
      if ('error' in chosen) return chosen;
      const { previewChange } = await loadFix();
      const { finding, remedy, plan, refused, ssh } = chosen;
      const change = previewChange(plan, 'previewed');
      return {
        finding,
        remedy,
        change,
        ...(ssh === undefined ? {} : { ssh }),
        ...(refused === undefined ? {} : { refused }),
      };
    },
    applyFix,
    undo,
    confirm: async (id, progress) => {
      if (readOnly) return { error: 'nothing was changed: --read-only forbids it' };
      const { confirmChange, openJournal } = await loadFix();
      const planned = (await openJournal().read()).entries.find((one) => one.id === id)?.planned;
      const host = planned === undefined ? undefined : hosts.find((one) => one.id === planned.host);
      if (host?.settleGuard !== undefined)
        await (await import('../fix/guard-over-there.ts')).settleOverThere(host, openJournal(), id);
      const change = await confirmChange(openJournal(), id);
      if ('error' in change || change.state !== 'interrupted') return change;
      return complete(id, progress);
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
