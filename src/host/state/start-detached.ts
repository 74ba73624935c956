/** Starts this program once more so that it outlives us, the terminal, the login session and whoever kills all of these. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export function startDetached(args: readonly string[]): void {
  const argv = [process.execPath, ...process.execArgv, process.argv[1] ?? '', ...args];
  if (isSystemdOurs()) startService(argv, `vethscope-${args.join('-').replace(/^_+/, '')}`);
  else spawnDetached(argv);
}

const startService = (argv: readonly string[], unit: string): void => {
  const [program = '', ...words] = serviceArgv(unit, argv, process.env);
  const child = spawn(program, words, { stdio: 'ignore', cwd: '/' });
  let ended = false;
  const instead = () => {
    if (!ended) spawnDetached(argv);
    ended = true;
  };
  child.on('error', instead);
  child.on('exit', (code) => {
    if (code === 0) ended = true;
    else instead();
  });
};

const kept = ['HOME', 'PATH', 'XDG_STATE_HOME', 'LANG'];

/** A service of its own: a logout with KillUserProcesses= ends everything in the session's cgroup. */
export const serviceArgv = (
  unit: string,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): readonly string[] => [
  'systemd-run',
  '--quiet',
  '--collect',
  `--unit=${unit}`,
  '--description=vethscope: takes a change back unless it is confirmed',
  ...kept.flatMap((name) => (env[name] === undefined ? [] : [`--setenv=${name}=${env[name]}`])),
  '--',
  ...argv,
];

const namespaces = ['net', 'mnt', 'pid', 'user'];

/** What systemd starts lives where process 1 does: of use only where we live there too. */
const isSystemdOurs = (): boolean => {
  try {
    return (
      process.geteuid?.() === 0 &&
      existsSync('/run/systemd/system') &&
      namespaces.every((name) => readlinkSync(`/proc/1/ns/${name}`) === readlinkSync(`/proc/self/ns/${name}`)) &&
      statSync('/proc/1/root/').ino === statSync('/').ino
    );
  } catch {
    return false;
  }
};

/** The child has a session of its own and no open file of ours: neither SIGHUP nor a closed pipe reaches it. */
const spawnDetached = (argv: readonly string[]): void => {
  const [program = '', ...args] = argv;
  const child = spawn(program, args, { detached: true, stdio: 'ignore', cwd: '/' });
  // That it never began shows in what it does not report.
  child.on('error', () => {});
  child.unref();
  if (child.pid !== undefined) leaveCgroup(child.pid);
};

/** Where sessions are told apart by cgroups without systemd (elogind), and where systemd did not answer. */
const leaveCgroup = (pid: number): void => {
  const roots = readFileSync('/proc/self/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , type, options = '']) => type === 'cgroup2' || (type === 'cgroup' && /name=/.test(options)));
  for (const [, folder = ''] of roots) {
    try {
      writeFileSync(join(folder, 'cgroup.procs'), String(pid));
    } catch {
      // Not allowed, or a cgroup that takes no processes: it stays where it is.
    }
  }
};
