/** Runs this program once more inside namespaces made for the demo; whatever ends it, nothing of them is left. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** Set for the program inside: it builds the world instead of entering once more. */
export const INSIDE = 'VETHSCOPE_DEMO_INSIDE';

/**
 * Process 1 inside. Its mounts are private: /proc, /sys and /run are the demo's own. A TERM is passed on to the program, which
 * restores the terminal; when the program ends so does this, and the kernel ends and removes everything else.
 */
const FIRST_PROCESS = `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t sysfs sysfs /sys
# Names of the machine's own netns, which the new /run would hide and not remove.
while read -r _ path type _; do
  if [ "$type" = nsfs ]; then umount -l "$path"; fi
done </proc/self/mounts
mount -t tmpfs -o mode=755 run /run
mkdir /run/netns
hostname demo
printf 'nameserver 10.99.0.1\n' >/run/resolv.conf
printf '127.0.0.1 localhost\n::1 localhost\n' >/run/hosts
for file in resolv.conf hosts; do
  if [ -e /etc/$file ]; then mount --bind /run/$file /etc/$file; fi
done
# A shell without job control gives what it starts in the background no input of its own accord.
exec 4<&0
"$@" <&4 4<&- &
program=$!
# The shell would report the end of the program in words of its own.
exec 2>/dev/null
trap 'kill -TERM $program' TERM HUP
trap '' INT
code=0
while :; do
  wait $program && code=0 || code=$?
  kill -0 $program 2>/dev/null || exit $code
done`;

/** Process 1 of the demo as we count it: the one child that unshare has. */
const firstProcess = (unshare: number): number | undefined => {
  try {
    const child = Number(readFileSync(`/proc/${unshare}/task/${unshare}/children`, 'utf8'));
    return child > 0 ? child : undefined;
  } catch {
    return undefined;
  }
};

/**
 * `setpriv --pdeathsig`: when we are killed so is unshare, and then, by --kill-child, process 1 gets a TERM.
 * Resolves with the program's exit code when it has ended, and with it everything inside.
 */
export const enterDemo = (program: readonly string[]): Promise<number> =>
  new Promise((resolve, reject) => {
    const unshare = spawn(
      'setpriv',
      [
        '--pdeathsig',
        'KILL',
        'unshare',
        '--mount',
        '--net',
        '--pid',
        '--uts',
        '--ipc',
        '--fork',
        '--kill-child=TERM',
      ].concat('--', 'sh', '-c', FIRST_PROCESS, 'sh', ...program),
      { stdio: 'inherit', env: { ...process.env, [INSIDE]: '1' } },
    );
    const stop = () => {
      const first = firstProcess(unshare.pid ?? 0);
      if (first === undefined) unshare.kill('SIGKILL');
      else process.kill(first, 'SIGTERM');
    };
    // The terminal sends an interrupt to the program inside as well; it decides.
    const ignore = () => {};
    process.on('SIGTERM', stop).on('SIGHUP', stop).on('SIGINT', ignore);
    const done = (settle: () => void) => {
      process.off('SIGTERM', stop).off('SIGHUP', stop).off('SIGINT', ignore);
      settle();
    };
    unshare.once('error', ({ message }) =>
      done(() => reject(new Error(`the demo needs setpriv and unshare (install util-linux): ${message}`))),
    );
    unshare.once('exit', (code) => done(() => resolve(code ?? 143)));
  });
