import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openLocalHost } from '../../src/host/local-host.ts';
import { watchSchema } from '../../src/report/schemas/watch-schema.ts';
import { createSession, type Session, type WatchAccount } from '../../src/session.ts';
import { requires } from '../support/requires.ts';
import { buildLiveNetwork, inNetns, type LiveNetwork } from './live-network.ts';

const { test } = requires(
  'root',
  'tool:ip',
  'tool:nft',
  'tool:nsenter',
  'tool:iptables-nft',
  'tool:iptables-nft-save',
  'tool:conntrack',
  'kernel:veth',
  'kernel:bridge',
  'kernel:nft',
  'kernel:iptables-nft',
);

let net: LiveNetwork;
let session: Session;

type Where = 'client' | 'router' | 'server';
type Command = readonly [where: Where, ...argv: readonly string[]];

const where = (name: Where): string => net[name];
const run = (commands: readonly Command[]): void => {
  for (const [name, ...argv] of commands) inNetns(where(name), argv);
};

/** 10.92.0.0/24: client and server once more, on a bridge of the router. */
const addBridge = (): void => {
  run([
    ['router', 'ip', 'link', 'add', 'br9', 'type', 'bridge'],
    ['router', 'ip', 'link', 'set', 'br9', 'up'],
  ]);
  for (const [at, name] of (['client', 'server'] as const).entries())
    run([
      ['router', 'ip', 'link', 'add', `p${at}`, 'type', 'veth', 'peer', 'name', 'b0', 'netns', where(name)],
      ['router', 'ip', 'link', 'set', `p${at}`, 'master', 'br9', 'up'],
      [name, 'ip', 'link', 'set', 'b0', 'address', `02:00:00:92:00:0${at + 1}`],
      [name, 'ip', 'addr', 'add', `10.92.0.${at + 1}/24`, 'dev', 'b0'],
      [name, 'ip', 'link', 'set', 'b0', 'up'],
    ]);
};

beforeAll(async () => {
  net = await buildLiveNetwork(`vs-watch-${process.pid}-`);
  addBridge();
  session = createSession([await openLocalHost()], { engine: 'none' });
  await session.start({ follow: false });
}, 60_000);
afterAll(async () => {
  await session?.close();
  net?.remove();
});
afterEach(() => {
  for (const name of [net.client, net.router, net.server]) inNetns(name, ['nft', 'flush', 'ruleset']);
});

/** Sends one packet in the client's netns, over and over, until told to stop. */
const sender = `
const [kind, host, port, size, local] = process.argv.slice(1);
const net = require('node:net');
const dgram = require('node:dgram');
const tcp = () => {
  const socket = net.connect({ host, port: Number(port), ...(local ? { localAddress: local } : {}) });
  socket.on('connect', () => socket.write(Buffer.alloc(Number(size))));
  socket.on('error', () => {});
  setTimeout(() => socket.destroy(), 3000);
};
const socket = kind === 'udp' ? dgram.createSocket('udp4') : undefined;
socket?.on('error', () => {});
const once = () => kind === 'tcp' ? tcp() : socket.send(Buffer.alloc(Number(size)), Number(port), host, () => {});
setInterval(once, 400);
once();
process.stdin.on('end', () => process.exit(0)).resume();
process.stdout.write('ready');
`;

interface Traffic {
  readonly kind: 'tcp' | 'udp';
  readonly to: string;
  readonly port: number;
  readonly size?: number;
  readonly local?: string;
}

const startTraffic = async ({ kind, to, port, size = 10, local = '' }: Traffic): Promise<() => void> => {
  const argv = [
    `--net=/run/netns/${net.client}`,
    process.execPath,
    '-e',
    sender,
    kind,
    to,
    String(port),
    String(size),
    local,
  ];
  const child = spawn('nsenter', argv, { stdio: ['pipe', 'pipe', 'inherit'] });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  return () => {
    child.stdin.end();
    child.kill();
  };
};

/** Watches while traffic flows, until a group says it. */
const watchUntil = async (
  question: { readonly from: string; readonly to: string } | undefined,
  traffic: Traffic,
  enough: (account: WatchAccount) => boolean,
): Promise<WatchAccount> => {
  await session.refresh();
  let armed = (): void => {};
  const isArmed = new Promise<void>((resolve) => {
    armed = resolve;
  });
  let stop = (): void => {};
  const running = await session.watch(
    { ...(question === undefined ? {} : { flow: question }), durationMs: 30_000 },
    (account) => {
      if (account.phase !== 'arming') armed();
      if (enough(account)) stop();
    },
  );
  if ('error' in running) throw new Error(running.error);
  await isArmed;
  stop = () => void running.stop();
  const end = await startTraffic(traffic);
  try {
    return await running.done;
  } finally {
    end();
  }
};

const serverMac = '02:00:00:92:00:02';

interface Case {
  readonly name: string;
  readonly setup: readonly Command[];
  readonly undo?: readonly Command[];
  readonly traffic?: Partial<Traffic>;
  /** No answer comes back. */
  readonly unanswered?: true;
  readonly says: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'a rule of iptables in a chain of its own',
    setup: [
      ['router', 'iptables-nft', '-N', 'MINE'],
      ['router', 'iptables-nft', '-A', 'FORWARD', '-j', 'MINE'],
      ['router', 'iptables-nft', '-A', 'MINE', '-p', 'udp', '-j', 'ACCEPT'],
      ['router', 'iptables-nft', '-A', 'MINE', '-p', 'tcp', '--dport', '80', '-j', 'DROP'],
    ],
    says: /^vs-\S+a → v1 → FORWARD: rule 2 in filter MINE drops it: -A MINE -p tcp -m tcp --dport 80 -j DROP/,
  },
  {
    name: 'a rule that drops the answer',
    setup: [
      ['server', 'nft', 'add table inet t { chain c { type filter hook output priority 0; tcp sport 80 drop; }; }'],
    ],
    says: /rule 1 in t c drops it: tcp sport 80 drop/,
  },
  {
    name: 'a missing masquerade: nobody knows the way back',
    setup: [['server', 'ip', 'route', 'del', 'default']],
    undo: [['server', 'ip', 'route', 'add', 'default', 'via', '10.91.2.1']],
    says: /v0: delivered to the sockets of vs-\S+b$/,
    unanswered: true,
  },
  {
    name: 'a wrong gateway',
    setup: [['client', 'ip', 'route', 'replace', 'default', 'via', '10.91.1.99']],
    undo: [['client', 'ip', 'route', 'replace', 'default', 'via', '10.91.1.1']],
    says: /^vs-\S+a: nobody answers for 10\.91\.1\.99 on v0, its next hop \(NEIGH_FAILED in /,
  },
  {
    name: 'a black hole for large packets',
    setup: [
      ['router', 'ip', 'link', 'set', 'v2', 'mtu', '1400'],
      [
        'router',
        'nft',
        'add table inet t { chain c { type filter hook output priority 0; icmp type destination-unreachable drop; }; }',
      ],
    ],
    undo: [['router', 'ip', 'link', 'set', 'v2', 'mtu', '1500']],
    traffic: { size: 5000 },
    says: /a → v1: it is larger than the link it should leave by takes \(PKT_TOO_BIG in ip_forward\)/,
  },
  {
    name: 'isolated bridge ports',
    setup: [
      // What was learnt before it was isolated: else nobody would even answer for the address.
      ['client', 'ping', '-c1', '-W5', '10.92.0.2'],
      ['client', 'ip', 'neigh', 'replace', '10.92.0.2', 'lladdr', serverMac, 'dev', 'b0', 'nud', 'permanent'],
      ['router', 'bridge', 'link', 'set', 'dev', 'p0', 'isolated', 'on'],
      ['router', 'bridge', 'link', 'set', 'dev', 'p1', 'isolated', 'on'],
    ],
    undo: [
      ['client', 'ip', 'neigh', 'del', '10.92.0.2', 'dev', 'b0'],
      ['router', 'bridge', 'link', 'set', 'dev', 'p0', 'isolated', 'off'],
      ['router', 'bridge', 'link', 'set', 'dev', 'p1', 'isolated', 'off'],
    ],
    traffic: { to: '10.92.0.2' },
    says: /a → br9: its bridge does not pass it on: p0 is an isolated port \(\S+ in br_/,
  },
  {
    name: 'rp_filter',
    setup: [
      ['router', 'sysctl', '-qw', 'net.ipv4.conf.v1.rp_filter=1'],
      ['router', 'ip', 'route', 'add', '10.91.1.2', 'dev', 'v2'],
    ],
    undo: [
      ['router', 'ip', 'route', 'del', '10.91.1.2', 'dev', 'v2'],
      ['router', 'sysctl', '-qw', 'net.ipv4.conf.v1.rp_filter=0'],
    ],
    says: /a → v1: the way back to its source is another link \(rp_filter\) \(IP_RPFILTER in /,
  },
  {
    name: 'nobody who listens',
    setup: [],
    traffic: { port: 81 },
    says: /v0: no socket takes it \(NO_SOCKET in tcp_v4_rcv\)/,
  },
  {
    name: 'nobody who listens on udp',
    setup: [],
    traffic: { port: 81, kind: 'udp' },
    says: /v0: no socket takes it \(NO_SOCKET in \S*udp/,
  },
  {
    name: 'a time to live that is over',
    setup: [['client', 'sysctl', '-qw', 'net.ipv4.ip_default_ttl=1']],
    undo: [['client', 'sysctl', '-qw', 'net.ipv4.ip_default_ttl=64']],
    says: /a → v1: its time to live is over \(IP_INHDR in ip_forward\)/,
  },
  { name: 'no route', setup: [], traffic: { to: '192.0.2.9' }, says: /a → v1: no route leads on \(IP_INNOROUTES in / },
];

test.each(cases)(
  'names what stops the flow: $name',
  async ({ setup, undo = [], traffic, says, unanswered }) => {
    const sent: Traffic = { kind: 'tcp', to: '10.91.2.2', port: 80, ...traffic };
    run(setup);
    try {
      const account = await watchUntil(
        { from: `netns:${net.client}`, to: `${sent.to}:${sent.port}/${sent.kind}` },
        sent,
        ({ groups, unanswered: silent }) =>
          groups.some(({ text }) => says.test(text)) && (silent || unanswered !== true),
      );
      expect(account.groups.map(({ text }) => text)).toContainEqual(expect.stringMatching(says));
      expect(account.armed).toMatchObject({ drops: 'packets' });
    } finally {
      run(undo);
    }
  },
  90_000,
);

test('a full conntrack table is named, with its size', async () => {
  const max = Number(readFileSync('/proc/sys/net/netfilter/nf_conntrack_max', 'utf8'));
  // Connections that were answered: the kernel makes no room by forgetting those.
  const line = (n: number): string => {
    const [host, port] = [3 + Math.floor(n / 65_000), 1 + (n % 65_000)];
    return (
      `-A -p udp -s 10.91.1.2 -d 10.91.2.${host} --sport 4000 --dport ${port} --reply-src 10.91.2.${host} ` +
      `--reply-dst 10.91.1.2 --reply-port-src ${port} --reply-port-dst 4000 -t 600 -u ASSURED,SEEN_REPLY\n`
    );
  };
  // Connections are followed only where some rule needs them.
  run([['router', 'iptables-nft', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'v9', '-j', 'MASQUERADE']]);
  const entries = Array.from({ length: max + 50 }, (_, n) => line(n)).join('');
  const folder = mkdtempSync(join(tmpdir(), 'vethscope-watch-'));
  try {
    writeFileSync(join(folder, 'entries'), entries);
    // It complains of the last ones, which find no room.
    spawnSync('nsenter', [`--net=/run/netns/${net.router}`, 'conntrack', '-R', join(folder, 'entries')]);
  } finally {
    rmSync(folder, { recursive: true });
  }
  const account = await watchUntil(
    { from: `netns:${net.client}`, to: '10.91.2.2:80/tcp' },
    { kind: 'tcp', to: '10.91.2.2', port: 80 },
    ({ groups }) => groups.some(({ text }) => /v1: the conntrack table is full/.test(text)),
  );
  inNetns(net.router, ['conntrack', '-F']);
  const texts = account.groups.map(({ text }) => text);
  expect(texts).toContainEqual(expect.stringMatching(/h: the conntrack table is full \(\d+ entries, at most \d+\)/));
  expect(texts).toContainEqual(expect.stringMatching(/a → v1: the conntrack table is full \(NETFILTER_DROP in /));
}, 120_000);

test('without ends it tells what the kernel drops of anybody: here a martian source', async () => {
  run([['client', 'ip', 'addr', 'add', '10.91.1.1/32', 'dev', 'lo']]);
  try {
    const account = await watchUntil(
      undefined,
      { kind: 'tcp', to: '10.91.2.2', port: 80, local: '10.91.1.1' },
      ({ groups }) => groups.some(({ text }) => text.includes('IP_LOCAL_SOURCE')),
    );
    const dropped = account.groups.find(({ text }) => text.includes('IP_LOCAL_SOURCE'));
    expect(dropped?.text).toMatch(
      /^v1 of vs-\S+h: 10\.91\.1\.1.* → 10\.91\.2\.2:80 \(vs-\S+b\) tcp: its source address is one of this netns itself/,
    );
    expect(account.armed).toMatchObject({ traced: [], drops: 'packets' });
  } finally {
    run([['client', 'ip', 'addr', 'del', '10.91.1.1/32', 'dev', 'lo']]);
  }
}, 90_000);

test('translations and connections are told', async () => {
  const nat = ['iptables-nft', '-t', 'nat', '-A'] as const;
  run([
    ['router', ...nat, 'PREROUTING', '-p', 'tcp', '--dport', '8080', '-j', 'DNAT', '--to', '10.91.2.2:80'],
    ['router', ...nat, 'POSTROUTING', '-o', 'v2', '-j', 'MASQUERADE'],
  ]);
  const account = await watchUntil(
    { from: `netns:${net.client}`, to: '10.91.1.1:8080' },
    { kind: 'tcp', to: '10.91.1.1', port: 8080 },
    ({ groups }) =>
      groups.some(({ kind, text }) => kind === 'connection' && !text.includes(' 0 answered')) &&
      groups.some(({ direction }) => direction === 'reply') &&
      groups.some(({ direction }) => direction === 'request'),
  );
  const changes = account.groups
    .find(({ direction }) => direction === 'request')
    ?.way?.hops.flatMap(({ steps }) => steps.filter(({ kind }) => kind === 'nat').map(({ text }) => text));
  expect(changes).toEqual([
    'destination 10.91.1.1:8080 becomes 10.91.2.2:80',
    'source 10.91.1.2:* becomes 10.91.2.1:*',
  ]);
  expect(account.groups.map(({ text }) => text)).toContainEqual(
    expect.stringMatching(
      /h tracks 10\.91\.1\.2 → 10\.91\.1\.1:8080 tcp: its destination becomes 10\.91\.2\.2:80, its source becomes 10\.91\.2\.1; /,
    ),
  );
}, 90_000);

/** Tables, tracing instances and BPF programs of ours, and what still runs in the netns. */
const leftovers = (guardians: readonly number[]): readonly string[] => {
  const tables = [net.client, net.router, net.server].flatMap((name) =>
    inNetns(name, ['nft', 'list', 'tables'])
      .split('\n')
      .filter((line) => line.includes('vethscope')),
  );
  // A mount namespace of its own: this machine's mounts stay as they are.
  const mounted = 'mount -t tracefs none /sys/kernel/tracing && ls /sys/kernel/tracing/instances';
  const instances = execFileSync('unshare', ['-m', 'sh', '-c', mounted], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => guardians.some((pid) => name === `vethscope-${pid}`));
  const running = [net.client, net.router].flatMap((name) =>
    execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).trim().split('\n').filter(Boolean),
  );
  // A program and what it writes to are descriptors: they are gone when no process has them.
  return [...tables, ...instances, ...running, ...guardians.filter((pid) => existsSync(`/proc/${pid}`)).map(String)];
};

const soon = async (condition: () => boolean): Promise<boolean> => {
  for (let tries = 0; tries < 600; tries++) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};

const childrenOf = (pid: number | undefined): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

interface Program {
  readonly process: ChildProcess;
  readonly guardians: readonly number[];
  stdout(): string;
  stderr(): string;
}

/** The program itself, armed. */
const startProgram = async (...more: readonly string[]): Promise<Program> => {
  const argv = ['watch', `netns:${net.client}`, '10.91.2.2:80', '--engine', 'none', '--duration', '60', ...more];
  const child = spawn(process.execPath, ['test/support/cli.ts', ...argv], { stdio: ['ignore', 'pipe', 'pipe'] });
  const texts = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const)
    child[name].on('data', (chunk: Buffer) => {
      texts[name] += chunk.toString();
    });
  const armed = (): boolean => leftovers([]).filter((one) => one.includes('vethscope')).length >= 3;
  expect(await soon(armed), texts.stderr).toBe(true);
  return {
    process: child,
    guardians: childrenOf(child.pid),
    stdout: () => texts.stdout,
    stderr: () => texts.stderr,
  };
};

test('it says what it adds, ends at Ctrl-C with one document, and leaves nothing', async () => {
  run([['router', 'iptables-nft', '-A', 'FORWARD', '-p', 'tcp', '--dport', '80', '-j', 'DROP']]);
  const program = await startProgram('--json');
  expect(program.stderr()).toMatch(
    /^will add a table vethscope_live_PID to nftables in .*marks 10\.91\.1\.2 → 10\.91\.2\.2 port 80/,
  );
  const end = await startTraffic({ kind: 'tcp', to: '10.91.2.2', port: 80 });
  // Until the rule has counted: then the packet was traced, too.
  const counted = () =>
    !/counter packets 0|^\[0:/m.test(
      inNetns(net.router, ['iptables-nft-save', '-c']).match(/^\[.*DROP$/m)?.[0] ?? '[0:',
    );
  expect(await soon(counted)).toBe(true);
  end();
  program.process.kill('SIGINT');
  const code = await new Promise((resolve) => program.process.once('close', resolve));
  const document = watchSchema.parse(JSON.parse(program.stdout()));
  expect(document.groups.find(({ kind }) => kind === 'way')).toMatchObject({
    outcome: 'dropped',
    decidedBy: { table: 'filter', chain: 'FORWARD', index: 1 },
  });
  expect(code).toBe(130);
  expect(leftovers(program.guardians)).toEqual([]);
}, 120_000);

test('nothing is left when the program is killed in the middle', async () => {
  const program = await startProgram();
  program.process.kill('SIGKILL');
  expect(await soon(() => leftovers(program.guardians).length === 0), leftovers(program.guardians).join('\n')).toBe(
    true,
  );
}, 120_000);

test('nothing is left when program and guardian are killed together', async () => {
  const program = await startProgram();
  for (const pid of program.guardians) process.kill(pid, 'SIGKILL');
  program.process.kill('SIGKILL');
  expect(await soon(() => leftovers(program.guardians).length === 0), leftovers(program.guardians).join('\n')).toBe(
    true,
  );
}, 120_000);

test('a session that may only read refuses, and says what it would add', async () => {
  const reader = createSession([await openLocalHost()], { engine: 'none', readOnly: true });
  try {
    await reader.start({ follow: false });
    const refused = await reader.watch({ flow: { from: `netns:${net.client}`, to: '10.91.2.2:80' } }, () => {});
    expect(refused).toMatchObject({ reason: 'read-only', error: expect.stringContaining('adds nft tables') });
  } finally {
    await reader.close();
  }
}, 90_000);
