import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { openLocalHost } from '../../src/host/local-host.ts';
import { traceSchema } from '../../src/report/schemas/trace-schema.ts';
import { createSession, type ProofAnswer, type Session } from '../../src/session.ts';
import { requires } from '../support/requires.ts';
import { buildLiveNetwork, inNetns, type LiveNetwork } from './live-network.ts';

const { test } = requires(
  'root',
  'tool:ip',
  'tool:nft',
  'tool:nsenter',
  'tool:iptables-nft-save',
  'tool:iptables-legacy-save',
  'kernel:veth',
  'kernel:nft',
  'kernel:iptables-nft',
  'kernel:iptables-legacy',
);

let net: LiveNetwork;
let session: Session;
const said: string[] = [];

beforeAll(async () => {
  net = await buildLiveNetwork(`vs-live-${process.pid}-`);
  session = createSession([await openLocalHost()], { engine: 'none' });
  await session.start({ follow: false });
}, 60_000);
afterAll(async () => {
  await session.close();
  net.remove();
});
afterEach(() => {
  for (const name of [net.client, net.router, net.server]) {
    inNetns(name, ['nft', 'flush', 'ruleset']);
    for (const table of ['filter', 'nat']) inNetns(name, ['iptables-legacy', '-t', table, '-F']);
  }
});

const prove = async (to: string): Promise<Exclude<ProofAnswer, { error: string }>> => {
  await session.refresh();
  said.length = 0;
  const proof = await session.prove({ from: `netns:${net.client}`, to }, (text) => said.push(text));
  if ('error' in proof) throw new Error(proof.error);
  return proof;
};

interface Case {
  readonly name: string;
  readonly setup: readonly (readonly [where: 'client' | 'router' | 'server', ...argv: readonly string[]])[];
  readonly to?: string;
  readonly outcome: string;
  /** What the deciding step of the kernel's account names. */
  readonly decided?: string;
  readonly undo?: Case['setup'];
}

const nftChain = (hook: string, rule: string): readonly string[] => [
  'nft',
  `add table inet t { chain c { type filter hook ${hook} priority 0; ${rule}; }; }`,
];

const cases: readonly Case[] = [
  { name: 'nothing in the way', setup: [], outcome: 'delivered' },
  {
    name: 'a rule of iptables-nft in a chain of its own',
    setup: [
      ['router', 'iptables-nft', '-N', 'MINE'],
      ['router', 'iptables-nft', '-A', 'FORWARD', '-s', '192.0.2.1', '-j', 'ACCEPT'],
      ['router', 'iptables-nft', '-A', 'FORWARD', '-j', 'MINE'],
      ['router', 'iptables-nft', '-A', 'MINE', '-p', 'udp', '-j', 'ACCEPT'],
      ['router', 'iptables-nft', '-A', 'MINE', '-p', 'tcp', '--dport', '80', '-j', 'DROP'],
    ],
    outcome: 'dropped',
    decided: 'filter MINE rule 2: -A MINE -p tcp -m tcp --dport 80 -j DROP',
  },
  {
    name: 'the policy of a chain',
    setup: [['router', 'iptables-nft', '-P', 'FORWARD', 'DROP']],
    outcome: 'dropped',
    decided: 'policy of filter FORWARD is drop',
  },
  {
    name: 'a REJECT of iptables-nft',
    setup: [['router', 'iptables-nft', '-A', 'FORWARD', '-p', 'tcp', '-j', 'REJECT', '--reject-with', 'tcp-reset']],
    outcome: 'rejected',
    decided: 'filter FORWARD rule 1',
  },
  {
    name: 'a rule of iptables-legacy',
    setup: [
      ['router', 'iptables-legacy', '-A', 'FORWARD', '-p', 'icmp', '-j', 'DROP'],
      ['router', 'iptables-legacy', '-A', 'FORWARD', '-p', 'tcp', '--dport', '80', '-j', 'DROP'],
    ],
    outcome: 'dropped',
    decided: 'filter FORWARD rule 2: -A FORWARD -p tcp -m tcp --dport 80 -j DROP',
  },
  {
    name: 'a rule of nft',
    setup: [['router', ...nftChain('forward', 'tcp dport { 79, 80 } drop')]],
    outcome: 'dropped',
    decided: 't c rule 1',
  },
  {
    name: 'a rule that drops the answer',
    setup: [['server', ...nftChain('output', 'tcp sport 80 drop')]],
    outcome: 'dropped',
    decided: 't c rule 1: tcp sport 80 drop',
  },
  {
    name: 'no route at the router',
    setup: [],
    to: '192.0.2.9:80',
    outcome: 'no-route',
    decided: '10.91.1.1 answered: network unreachable',
  },
  {
    name: 'a route that prohibits',
    setup: [['router', 'ip', 'route', 'add', 'prohibit', '10.91.2.2']],
    undo: [['router', 'ip', 'route', 'del', 'prohibit', '10.91.2.2']],
    outcome: 'rejected',
    decided: '10.91.1.1 answered: communication prohibited',
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
    outcome: 'dropped',
    decided: 'IP_RPFILTER',
  },
  { name: 'nobody who listens', setup: [], to: '10.91.2.2:81', outcome: 'no-listener', decided: 'no socket takes it' },
  {
    name: 'nobody who listens on udp',
    setup: [],
    to: '10.91.2.2:81/udp',
    outcome: 'no-listener',
    decided: 'no socket takes it',
  },
  {
    name: 'a socket that takes datagrams and does not answer',
    setup: [],
    to: '10.91.2.2:80/udp',
    outcome: 'delivered',
  },
  {
    name: 'nobody with that address',
    setup: [],
    to: '10.91.2.77:80',
    outcome: 'no-neighbour',
    decided: 'did not answer',
  },
  { name: 'an echo', setup: [], to: '10.91.2.2', outcome: 'delivered' },
  {
    name: 'DNAT and masquerade by another port',
    setup: [
      [
        'router',
        'iptables-nft',
        '-t',
        'nat',
        '-A',
        'PREROUTING',
        '-p',
        'tcp',
        '--dport',
        '8080',
        '-j',
        'DNAT',
        '--to',
        '10.91.2.2:80',
      ],
      ['router', 'iptables-nft', '-t', 'nat', '-A', 'POSTROUTING', '-o', 'v2', '-j', 'MASQUERADE'],
    ],
    to: '10.91.1.1:8080',
    outcome: 'delivered',
  },
];

const where = (name: 'client' | 'router' | 'server'): string => net[name];

test.each(cases)(
  'the kernel and the model say the same of $name',
  async ({ setup, undo = [], to, outcome, decided }) => {
    for (const [name, ...argv] of setup) inNetns(where(name), argv);
    try {
      const proof = await prove(to ?? '10.91.2.2:80');
      if ('gap' in proof) throw new Error(proof.gap.detail);
      const { live, trace } = proof;
      expect([live.outcome, live.agreement], `${live.why} (model: ${trace.explanation})`).toEqual([outcome, 'agrees']);
      expect(live.decidedBy?.text ?? '').toContain(decided ?? '');
    } finally {
      for (const [name, ...argv] of undo) inNetns(where(name), argv);
    }
  },
  90_000,
);

test('translations are told as the model tells them', async () => {
  const nat = ['iptables-nft', '-t', 'nat', '-A'];
  inNetns(net.router, [...nat, 'PREROUTING', '-p', 'tcp', '--dport', '8080', '-j', 'DNAT', '--to', '10.91.2.2:80']);
  inNetns(net.router, [...nat, 'POSTROUTING', '-o', 'v2', '-j', 'MASQUERADE']);
  const proof = await prove('10.91.1.1:8080');
  if ('gap' in proof) throw new Error(proof.gap.detail);
  const changes = (hops: readonly { readonly steps: readonly { readonly kind: string; readonly text: string }[] }[]) =>
    hops.flatMap(({ steps }) =>
      steps.filter(({ kind }) => kind === 'nat').map(({ text }) => text.replaceAll(/:\d{5}/g, ':PORT')),
    );
  expect(changes(proof.live.request.hops)).toEqual([
    'destination 10.91.1.1:8080 becomes 10.91.2.2:80',
    'source 10.91.1.2:PORT becomes 10.91.2.1:PORT',
  ]);
}, 90_000);

test('what will be done is told before it is done', async () => {
  await prove('10.91.2.2:80');
  expect(said[0]).toContain(`will open one TCP connection from ${net.client} to 10.91.2.2 port 80`);
}, 90_000);

test('the document with a proof fits its schema, and tells each step of it', async () => {
  inNetns(net.router, ['iptables-nft', '-A', 'FORWARD', '-p', 'tcp', '--dport', '80', '-j', 'DROP']);
  const { runMain } = await import('../support/run-main.ts');
  const ran = await runMain(['trace', `netns:${net.client}`, '10.91.2.2:80', '--live', '--json', '--engine', 'none']);
  const document = traceSchema.parse(JSON.parse(ran.stdout));
  expect(document.live).toMatchObject({ outcome: 'dropped', agreement: 'agrees' });
  expect(document.live?.steps.at(-1)).toMatchObject({
    table: 'filter',
    chain: 'FORWARD',
    index: 1,
    direction: 'request',
  });
  expect([ran.code, ran.stderr.split('\n')[0]]).toEqual([1, expect.stringMatching(/^will open one TCP connection/)]);
}, 90_000);

/** Tables and tracing instances of ours, and what still runs in the netns. */
const leftovers = (): readonly string[] => {
  const names = [net.client, net.router, net.server];
  const tables = names.flatMap((name) =>
    inNetns(name, ['nft', 'list', 'tables'])
      .split('\n')
      .filter((line) => line.includes('vethscope')),
  );
  // A mount namespace of its own: this machine's mounts stay as they are.
  const mounted = 'mount -t tracefs none /sys/kernel/tracing && ls /sys/kernel/tracing/instances';
  const instances = execFileSync('unshare', ['-m', 'sh', '-c', mounted], { encoding: 'utf8' })
    .split('\n')
    .filter((name) => name.startsWith('vethscope-'));
  const running = [net.client, net.router].flatMap((name) =>
    execFileSync('ip', ['netns', 'pids', name], { encoding: 'utf8' }).trim().split('\n').filter(Boolean),
  );
  return [...tables, ...instances, ...running];
};

const soon = async (condition: () => boolean): Promise<boolean> => {
  for (let tries = 0; tries < 600; tries++) {
    if (condition()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};

test('nothing is left when it is over', async () => {
  await prove('10.91.2.2:80');
  expect(leftovers()).toEqual([]);
}, 90_000);

/** The program itself, waiting for an address nobody has. */
const startProgram = async (): Promise<ChildProcess> => {
  const argv = ['test/support/cli.ts', 'trace', `netns:${net.client}`, '10.91.2.77:80', '--live', '--engine', 'none'];
  const program = spawn(process.execPath, argv, { stdio: ['ignore', 'ignore', 'pipe'] });
  let text = '';
  program.stderr.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  expect(await soon(() => text.includes('sending')), text).toBe(true);
  return program;
};

const childrenOf = (pid: number | undefined): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

test('nothing is left when the program is killed in the middle', async () => {
  const program = await startProgram();
  const guardians = childrenOf(program.pid);
  expect(leftovers().filter((one) => one.includes('vethscope')).length).toBeGreaterThan(1);
  program.kill('SIGKILL');
  expect(await soon(() => leftovers().length === 0), leftovers().join('\n')).toBe(true);
  expect(await soon(() => guardians.every((pid) => !existsSync(`/proc/${pid}`)))).toBe(true);
}, 120_000);

test('what was left when the guardian was killed too goes with the next proof', async () => {
  const program = await startProgram();
  for (const pid of childrenOf(program.pid)) process.kill(pid, 'SIGKILL');
  program.kill('SIGKILL');
  // Tables are the kernel's to remove; the tracing instance has no owner.
  expect(await soon(() => leftovers().every((one) => one.startsWith('vethscope-'))), leftovers().join('\n')).toBe(true);
  await prove('10.91.2.2:80');
  expect(leftovers()).toEqual([]);
}, 120_000);

test('a session that may only read refuses, and says what it would add', async () => {
  const reader = createSession([await openLocalHost()], { engine: 'none', readOnly: true });
  try {
    await reader.start({ follow: false });
    const proof = await reader.prove({ from: `netns:${net.client}`, to: '10.91.2.2:80' }, () => {});
    expect(proof).toMatchObject({ gap: { reason: 'forbidden', detail: expect.stringContaining('adds an nft table') } });
  } finally {
    await reader.close();
  }
}, 90_000);
