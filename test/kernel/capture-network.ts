/** Two ends on a bridge in a third netns: four links a packet crosses, a sender at full speed, and everything removed again. */
import { execFileSync, spawn, spawnSync } from 'node:child_process';

export interface CaptureNetwork {
  /** Names of the netns. */
  readonly left: string;
  readonly bridge: string;
  readonly right: string;
  /** The four links in the order of a packet from left to right, as POINT words. */
  readonly points: readonly string[];
  /** Echo requests from left to right; their answers come back. */
  ping(count: number): void;
  /** So many UDP datagrams from left to right, as fast as they go. */
  flood(count: number): Promise<void>;
  remove(): void;
}

const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });

/** Waits for each datagram to be taken by the socket, so that every one reaches the link. */
const sender = `
const [count, address] = [Number(process.argv[1]), process.argv[2]];
const socket = require('node:dgram').createSocket('udp4');
const payload = Buffer.alloc(64, 'v');
let sent = 0;
let flying = 0;
const more = () => {
  while (flying < 64 && sent < count) {
    sent++;
    flying++;
    socket.send(payload, 9, address, () => {
      flying--;
      if (sent === count && flying === 0) socket.close();
      else more();
    });
  }
};
more();`;

const build = (names: readonly [left: string, bridge: string, right: string]): CaptureNetwork => {
  const [left, bridge, right] = names;
  for (const name of names) {
    ip('netns', 'add', name);
    // Without IPv6 the only packets are those a test sends.
    execFileSync('nsenter', [`--net=/run/netns/${name}`, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=1']);
    ip('-n', name, 'link', 'set', 'lo', 'up');
  }
  ip('-n', bridge, 'link', 'add', 'br0', 'type', 'bridge');
  ip('-n', bridge, 'link', 'set', 'br0', 'up');
  for (const [at, name] of [left, right].entries()) {
    const port = `v${at + 1}`;
    ip('link', 'add', 'eth0', 'netns', name, 'type', 'veth', 'peer', 'name', port, 'netns', bridge);
    ip('-n', bridge, 'link', 'set', port, 'master', 'br0', 'up');
    ip('-n', name, 'addr', 'add', `10.92.0.${at + 1}/24`, 'dev', 'eth0');
    ip('-n', name, 'link', 'set', 'eth0', 'up');
  }
  const ping = (count: number): void =>
    void execFileSync('nsenter', [
      `--net=/run/netns/${left}`,
      ...['ping', '-q', '-c', String(count), '-i', '0.02', '-W', '5', '10.92.0.2'],
    ]);
  // Both ends know each other from here on: no ARP in between.
  ping(1);
  return {
    left,
    bridge,
    right,
    points: [`netns:${left}/eth0`, `netns:${bridge}/v1`, `netns:${bridge}/v2`, `netns:${right}/eth0`],
    ping,
    flood: (count) =>
      new Promise((resolve, reject) => {
        const argv = [`--net=/run/netns/${left}`, process.execPath, '-e', sender, String(count), '10.92.0.2'];
        const child = spawn('nsenter', argv, { stdio: 'ignore' });
        child.on('error', reject);
        child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`the sender ended with ${code}`))));
      }),
    remove: () => {
      for (const name of names) spawnSync('ip', ['netns', 'del', name]);
    },
  };
};

/** Leaves nothing where it fails half way. */
export const buildCaptureNetwork = (prefix: string): CaptureNetwork => {
  const names = [`${prefix}a`, `${prefix}h`, `${prefix}b`] as const;
  try {
    return build(names);
  } catch (error) {
    for (const name of names) spawnSync('ip', ['netns', 'del', name]);
    throw error;
  }
};
