/** Many netns to measure with: a private hub netns joined to each of N others by a veth, all held by one helper process, gone when it ends. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';

export interface Farm {
  /** A process inside the hub, whose mount namespace holds the others under /run/netns. */
  readonly pid: number;
  end(): void;
}

/** Builds in a mount and netns of its own: nothing of it is visible on the machine's own /run/netns. */
export const growFarm = async (count: number): Promise<Farm> => {
  const script = `mount -t tmpfs none /run && mkdir -p /run/netns && ip link set lo up && ip link add br0 type bridge && ip link set br0 up && seq 1 ${count} | while read i; do echo netns add n$i; done | ip -b - && seq 1 ${count} | while read i; do echo "link add v$i type veth peer name eth0 netns n$i"; echo "link set v$i master br0 up"; done | ip -b - && echo grown && exec sleep infinity`;
  const child: ChildProcess = spawn(
    'unshare',
    ['--net', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', 'sh', '-c', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await new Promise<void>((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('exit', (code) => reject(new Error(`the farm could not be built (exit ${code})`)));
  });
  const inner = execFileSync('pgrep', ['-P', String(child.pid)])
    .toString()
    .trim()
    .split('\n')[0];
  return { pid: Number(inner), end: () => void child.kill('SIGKILL') };
};

/** Runs a command as if on that machine: its netns, mounts and processes. */
export const inFarm = (farm: Farm, argv: readonly string[]): readonly string[] => [
  'nsenter',
  '-t',
  String(farm.pid),
  '-n',
  '-m',
  '-p',
  '--',
  ...argv,
];
