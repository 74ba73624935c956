/** What the reducer wants done outside of it: asking the session, the clipboard, the terminal, the job. */
import type { Session } from '../session.ts';
import type { AppHandle } from './app.tsx';
import { clipboardLimit, clipboardSequence } from './output/clipboard.ts';
import type { TtyOut } from './output/tty-out.ts';
import { loadRank } from './rank.ts';
import { beginCount, endCount, planProbe, runProbe, stopProbe } from './run-findings-effect.ts';
import { startCapture, stopCapture } from './run-packets-effect.ts';
import { planWatch, startWatch, stopWatch } from './run-watch-effect.ts';
import type { MendAnswer } from './state/mend-state.ts';
import type { Store } from './state/store.ts';
import type { Effect } from './state/ui-state.ts';

export interface Shell {
  readonly session: Session;
  readonly out: TtyOut;
  readonly env: Readonly<Record<string, string | undefined>>;
  store(): Store;
  app(): AppHandle | undefined;
  end(error?: unknown): void;
}

/** Stops until the shell says continue. Where nobody can (no job control), SIGTSTP is ignored and the pause is short. */
const pause = (): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, 300);
    process.once('SIGCONT', () => {
      clearTimeout(timer);
      resolve();
    });
    // The whole job, as the terminal's own Ctrl+Z would: npm and the shell around us too.
    process.kill(0, 'SIGTSTP');
  });

const copy = (text: string, shell: Shell): void => {
  const bytes = Buffer.byteLength(text);
  if (bytes <= clipboardLimit) {
    shell.out.send(clipboardSequence(text, shell.env['TMUX'] !== undefined));
    return;
  }
  shell.store().dispatch({
    kind: 'message',
    text: `not copied: ${bytes} bytes are more than a terminal takes (${clipboardLimit})`,
    tone: 'warn',
  });
};

const refresh = async (shell: Shell): Promise<void> => {
  await shell.session.refresh();
  shell.store().dispatch({ kind: 'message', text: 'asked again: this is how it is now', tone: 'good' });
};

const record = async (path: string, shell: Shell): Promise<void> => {
  const done = await shell.session.record(path, { redact: false });
  const failed = 'error' in done;
  const text = failed ? `not recorded: ${done.error}` : `recorded ${done.files} files to ${path}`;
  shell.store().dispatch({ kind: 'message', text, tone: failed ? 'bad' : 'good' });
};

const errorOf = (error: unknown): { readonly error: string } => ({
  error: error instanceof Error ? error.message : String(error),
});

export const loadJournal = async ({ session, store }: Pick<Shell, 'session' | 'store'>): Promise<void> => {
  const journal = await session.journal().catch((error: unknown) => ({
    changes: [],
    damaged: 0,
    folder: '',
    ...errorOf(error),
  }));
  store().dispatch({ kind: 'journal', journal });
};

const mend = async (working: Promise<MendAnswer>, shell: Shell): Promise<void> => {
  const answer = await working.catch(errorOf);
  shell.store().dispatch({ kind: 'mended', answer });
  await loadJournal(shell);
};

export const runEffect = (effect: Effect, shell: Shell): void => {
  const { session, store, out } = shell;
  const progress = (what: string): void => store().dispatch({ kind: 'mend-progress', what });
  switch (effect.kind) {
    case 'quit':
      shell.end();
      break;
    case 'copy':
      copy(effect.text, shell);
      break;
    case 'suspend':
      void shell.app()?.suspend(pause);
      break;
    case 'redraw':
      out.repaint();
      break;
    case 'refresh':
      void refresh(shell);
      break;
    case 'mouse':
      out.mouse(effect.on);
      break;
    case 'load-rank':
      void loadRank().then((rank) => store().dispatch({ kind: 'rank', rank }));
      break;
    case 'record':
      void record(effect.path, shell);
      break;
    case 'preview-fix':
      void session
        .previewFix(effect.question)
        .catch(errorOf)
        .then((answer) => store().dispatch({ kind: 'fix-preview', question: effect.question, answer }));
      break;
    case 'apply-fix':
      void mend(session.applyFix(effect.question, progress), shell);
      break;
    case 'undo':
      void mend(session.undo(effect.id), shell);
      break;
    case 'confirm':
      void mend(session.confirm(effect.id, progress), shell);
      break;
    case 'plan-probe':
      void planProbe(shell);
      break;
    case 'probe':
      void runProbe(shell, effect.choice);
      break;
    case 'stop-probe':
      stopProbe(shell);
      break;
    case 'begin-count':
      void beginCount(shell);
      break;
    case 'end-count':
      void endCount(shell, effect.since);
      break;
    case 'plan-watch':
      void planWatch(shell, effect.question);
      break;
    case 'start-watch':
      void startWatch(shell, effect.question);
      break;
    case 'stop-watch':
      void stopWatch(shell);
      break;
    case 'start-capture':
      void startCapture(shell, effect.question);
      break;
    case 'stop-capture':
      void stopCapture(shell);
      break;
    case 'prove':
      void session
        .prove(effect.question, (what) => store().dispatch({ kind: 'proof-progress', what }))
        .catch(errorOf)
        .then((proof) => store().dispatch({ kind: 'proved', question: effect.question, proof }));
  }
};
