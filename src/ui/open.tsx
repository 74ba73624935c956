/** Opens the screen on a session: first frame before anything is read, terminal restored however it ends. */
import type { Session } from '../session.ts';
import type { AppHandle } from './app.tsx';
import { followFindings } from './follow-findings.ts';
import { followJournal } from './follow-journal.ts';
import { followMatrix } from './follow-matrix.ts';
import { followSession } from './follow-session.ts';
import { buildTheme, themeOptionsOf } from './format/theme.ts';
import { openTtyIn, type RawInput } from './input/tty-in.ts';
import { openTtyOut, type RawOutput, type TtyOut } from './output/tty-out.ts';
import { runEffect, type Shell } from './run-effect.ts';
import { startState } from './state/start-state.ts';
import { createStore, type Store } from './state/store.ts';
import type { Services } from './state/ui-state.ts';
import { warmViews } from './warm-views.ts';

export interface UiOptions {
  /** Default: what NO_COLOR and TERM say. */
  readonly color?: boolean;
  /** Default: what LC_ALL, LC_CTYPE and LANG say. */
  readonly ascii?: boolean;
}

export interface OpenUi {
  readonly session: Session;
  readonly options: UiOptions;
  readonly stdin?: RawInput;
  readonly stdout?: RawOutput & NodeJS.EventEmitter;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** A terminal that is being dragged sends many sizes: what is left over of the others is wiped after the last. */
const repaintMs = 100;

const watchSize = (stdout: RawOutput & NodeJS.EventEmitter, out: TtyOut, store: Store): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const onResize = (): void => {
    store.dispatch({ kind: 'resize', columns: stdout.columns ?? 80, rows: stdout.rows ?? 24 });
    // After the microtask in which the frame of the new size is made.
    setImmediate(() => out.resized());
    clearTimeout(timer);
    timer = setTimeout(() => {
      out.paint(store.frame().map((row) => row.text));
      out.repaint();
    }, repaintMs);
  };
  // Not only stdout's own event: it stays silent when a size comes back within one turn of the loop.
  process.on('SIGWINCH', onResize);
  stdout.on('resize', onResize);
  return () => {
    clearTimeout(timer);
    process.off('SIGWINCH', onResize);
    stdout.off('resize', onResize);
  };
};

const signals = { SIGTERM: 143, SIGHUP: 129, SIGINT: 130 } as const;

/** Resolves with the exit code once the terminal is as it was found. */
export const openUi = async (ui: OpenUi): Promise<number> => {
  const { session, options } = ui;
  const stdin: RawInput = ui.stdin ?? process.stdin;
  const stdout = ui.stdout ?? process.stdout;
  const env = ui.env ?? process.env;
  const known = themeOptionsOf(env);
  const theme = buildTheme({ ...known, color: options.color ?? known.color, ascii: options.ascii ?? known.ascii });
  const out = openTtyOut(stdout, (handle) => store.rowText(handle));
  let app: AppHandle | undefined;
  let code = 0;
  let failure: unknown;
  const { promise: ended, resolve: finish } = Promise.withResolvers<void>();
  let ending = false;
  const end = (error?: unknown): void => {
    failure ??= error;
    // Leaving raw mode on a terminal that is gone fails, which ends us again.
    if (ending) return;
    ending = true;
    app?.exit();
    finish();
  };
  const services: Services = {
    trace: (question) => session.trace(question),
    locate: (words) => session.locate(words),
  };
  const shell: Shell = { session, out, env, store: () => store, app: () => app, end };
  const store: Store = createStore({
    state: startState({
      columns: stdout.columns ?? 80,
      rows: stdout.rows ?? 24,
      theme,
      session: session.state(),
      live: session.live,
      readOnly: session.readOnly,
    }),
    services,
    run: (effect) => runEffect(effect, shell),
    fail: end,
  });
  const onSignal = (signal: keyof typeof signals): void => {
    code = signals[signal];
    end();
  };
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) process.on(signal, onSignal);
  // A terminal that went away: nothing can be written there, nor need it; even leaving raw mode is an error then.
  const onGone = (): void => {
    code = signals.SIGHUP;
    end();
  };
  stdout.on('error', onGone);
  stdin.on('error', onGone);
  stdin.on('end', onGone);
  const restore = (): void => {
    out.leave();
    stdin.setRawMode?.(false);
  };
  process.once('exit', restore);
  stdin.setRawMode?.(true);
  out.enter();
  out.paint(store.frame().map((row) => row.text));
  const input = openTtyIn(stdin, (token) => store.dispatch(token));
  const unwatch = watchSize(stdout, out, store);
  const unwarm = warmViews(store, services);
  const unfollow = followSession(session, store);
  const unlook = followFindings(session, store);
  const unread = followJournal(session, store);
  const unmatrix = followMatrix(session, store);
  const { runApp } = await import('./run-app.tsx');
  const running = runApp({
    store,
    stdin: input.stream,
    stdout: out.stream,
    onReady: (handle) => {
      app = handle;
    },
  });
  void running.ended.then(() => finish(), end);
  await ended;
  unlook();
  unread();
  unmatrix();
  unfollow();
  unwarm();
  unwatch();
  running.unmount();
  input.stop();
  restore();
  process.off('exit', restore);
  for (const signal of Object.keys(signals) as (keyof typeof signals)[]) process.off(signal, onSignal);
  if (failure !== undefined) throw failure;
  return code;
};
