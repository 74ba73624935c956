/** Starts this program once more, in a session of its own, so that it outlives the terminal and us. */
import { spawn } from 'node:child_process';

/** The child has no terminal and no open file of ours: neither SIGHUP nor a closed pipe reaches it. */
export function startDetached(args: readonly string[]): void {
  const child = spawn(process.execPath, [...process.execArgv, process.argv[1] ?? '', ...args], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  });
  // That it never began shows in what it does not report.
  child.on('error', () => {});
  child.unref();
}
