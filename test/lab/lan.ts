/** What lies outside of lab hosts: a switch they are plugged into, and an "internet" that knows no container's address. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { LabHost } from './lab-host.ts';
import { type Ran, runIn } from './run-in.ts';

export const LAN_ROUTER = '10.77.0.1';
export const INTERNET_ADDRESS = '203.0.113.80';

export interface Lan {
  /** The process that holds its netns, as the machine counts. */
  readonly pid: number;
  /** Gives the host an eth0 with this address (10.77.0.2 … .250) and a default route. */
  plug(host: LabHost, address: string): Promise<void>;
  /** Runs a command out there. */
  run(argv: readonly string[], options?: { readonly mayFail?: boolean }): Promise<Ran>;
  stop(): Promise<void>;
}

/** No default route: a packet that a host lets out with a container's address as its source is never answered. */
const SET_UP = `link set lo up
link add lan0 address 02:77:00:00:00:01 type bridge
addr add ${LAN_ROUTER}/24 dev lan0
addr add ${INTERNET_ADDRESS}/32 dev lo
link set lan0 up
`;

export const startLan = async (): Promise<Lan> => {
  // Ready once it has said so: its netns is then its own.
  const holder = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', 'unshare', '--net', 'sh', '-c', 'echo ready; exec sleep 1000000'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  const ended = once(holder, 'exit');
  await once(holder.stdout, 'data');
  const pid = holder.pid ?? 0;
  const run: Lan['run'] = (argv, options) => runIn(pid, argv, { ...options, namespaces: ['net'] });
  await runIn(pid, ['ip', '-batch', '-'], { stdin: SET_UP, namespaces: ['net'] });
  const plug: Lan['plug'] = async (host, address) => {
    const port = `p-${address.split('.').at(-1)}`;
    const mac = `02:77:00:00:00:${Number(address.split('.').at(-1)).toString(16).padStart(2, '0')}`;
    const pair = `link add ${port} type veth peer name eth0 address ${mac} netns ${host.pid}`;
    await runIn(pid, ['ip', '-batch', '-'], {
      stdin: `${pair}\nlink set ${port} master lan0 up\n`,
      namespaces: ['net'],
    });
    const own = `addr add ${address}/24 dev eth0\nlink set eth0 up\nroute add default via ${LAN_ROUTER}\n`;
    await host.run(['ip', '-batch', '-'], { stdin: own });
  };
  const stop = async (): Promise<void> => {
    holder.kill('SIGKILL');
    await ended;
  };
  return { pid, plug, run, stop };
};
