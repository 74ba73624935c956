/** A client, a router and a server in netns of their own, with a listener; everything a live proof is tried on, and removed again. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';

export interface LiveNetwork {
  /** Names of the netns. */
  readonly client: string;
  readonly router: string;
  readonly server: string;
  /** Runs a program in one of them. */
  run(netns: string, argv: readonly string[]): string;
  remove(): void;
}

export const inNetns = (name: string, argv: readonly string[]): string =>
  execFileSync('nsenter', [`--net=/run/netns/${name}`, ...argv], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** Listens on tcp and udp 80 until its standard input ends. */
const server = `
const close = () => process.exit(0);
process.stdin.on('end', close).resume();
require('node:net').createServer((socket) => socket.on('error', () => {}).resume()).listen(80, '0.0.0.0', () => {
  const udp = require('node:dgram').createSocket('udp4');
  udp.bind(80, '0.0.0.0', () => process.stdout.write('ready'));
});`;

const build = async (names: readonly [client: string, router: string, far: string]): Promise<LiveNetwork> => {
  const [client, router, far] = names;
  for (const name of names) ip('netns', 'add', name);
  for (const [at, name] of [client, far].entries()) {
    const link = `v${at + 1}`;
    ip('link', 'add', 'v0', 'netns', name, 'type', 'veth', 'peer', 'name', link, 'netns', router);
    ip('-n', name, 'addr', 'add', `10.91.${at + 1}.2/24`, 'dev', 'v0');
    ip('-n', router, 'addr', 'add', `10.91.${at + 1}.1/24`, 'dev', link);
    for (const [where, dev] of [
      [name, 'v0'],
      [name, 'lo'],
      [router, link],
      [router, 'lo'],
    ] as const)
      ip('-n', where, 'link', 'set', dev, 'up');
    ip('-n', name, 'route', 'add', 'default', 'via', `10.91.${at + 1}.1`);
  }
  inNetns(router, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']);
  // Refusals one after the other to one asker: the kernel tells only some six a second of them by default (icmp(7)).
  for (const name of [router, far]) inNetns(name, ['sysctl', '-qw', 'net.ipv4.icmp_ratelimit=0']);
  const listener = spawn('nsenter', [`--net=/run/netns/${far}`, process.execPath, '-e', server], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    listener.stdout.once('data', resolve);
    listener.once('exit', reject);
  });
  return {
    client,
    router,
    server: far,
    run: inNetns,
    remove: () => {
      listener.stdin.end();
      listener.kill();
      for (const name of names) ip('netns', 'del', name);
    },
  };
};

/** 10.91.1.0/24 and 10.91.2.0/24, joined by the router at .1. Leaves nothing where it fails half way. */
export const buildLiveNetwork = async (prefix: string): Promise<LiveNetwork> => {
  const names = [`${prefix}a`, `${prefix}h`, `${prefix}b`] as const;
  try {
    return await build(names);
  } catch (error) {
    for (const name of names) spawnSync('ip', ['netns', 'del', name]);
    throw error;
  }
};
