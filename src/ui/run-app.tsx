/** Mounts the app on the prepared terminal streams; loaded after the first frame stands, because Ink takes its time. */
import { render } from 'ink';
import { App, type AppHandle } from './app.tsx';
import type { Store } from './state/store.ts';

export interface RunningApp {
  readonly ended: Promise<unknown>;
  unmount(): void;
}

export interface RunOptions {
  readonly store: Store;
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly onReady: (handle: AppHandle) => void;
}

export const runApp = ({ store, stdin, stdout, onReady }: RunOptions): RunningApp => {
  const instance = render(<App store={store} onReady={onReady} />, {
    stdin,
    stdout,
    alternateScreen: true,
    // CI in the environment says nothing about the terminal we were given.
    interactive: true,
    exitOnCtrlC: false,
    patchConsole: true,
    // Frames come only when something visible changed; a held key must not wait for a slower clock.
    maxFps: 120,
  });
  return { ended: instance.waitUntilExit(), unmount: () => instance.unmount() };
};
