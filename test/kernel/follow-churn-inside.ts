/** Follows a host of its own while everything in it changes, then compares what is shown with a fresh look; prints the differences as JSON. Run in new net, mount and pid namespaces. */
import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { collect } from '../../src/collect/collect.ts';
import { keepCurrent } from '../../src/collect/keep-current.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { hostId } from '../../src/model/ids.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { seededRandom } from '../oracle/random.ts';

const run = promisify(execFile);
const [seed = '1', steps = '60'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const name = (): string => random.pick(['a', 'b', 'c', 'd']);
const few = (): number => random.below(3);
const inside = (command: string): string => `nsenter --net=/run/netns/${name()} ${command}`;

/** What may happen; much of it fails (there is no such link just now), as things do. */
const happenings: readonly (() => string)[] = [
  () => `ip netns add ${name()}`,
  () => `ip netns add ${name()}`,
  () => `ip netns del ${name()}`,
  () => `ip link add v${name()} type veth peer name eth0 netns ${name()}`,
  () => `ip link add v${name()}${few()} type veth peer name w${few()}`,
  () => `ip link set w${few()} netns ${name()}`,
  () => `ip link del v${name()}`,
  () => `ip link del v${name()}${few()}`,
  () => `ip link set v${name()} master br0`,
  () => `ip link set v${name()} ${random.pick(['up', 'down'])}`,
  () => `ip addr add 10.1.${few()}.1/24 dev br0`,
  () => 'ip addr flush dev br0',
  () => inside(`ip link set eth0 ${random.pick(['up', 'down'])}`),
  () => inside(`ip addr add 10.0.${few()}.${1 + random.below(9)}/24 dev eth0`),
  () => inside('ip addr flush dev eth0'),
  () => inside(`ip route add 192.0.2.${random.below(9)} dev eth0`),
  () => inside(`ip link set eth0 mtu ${1300 + random.below(200)}`),
  () => inside(`ip link add d${few()} type dummy`),
  () => inside(`ip link set d${few()} name e${few()}`),
  () => inside(`ip link set w${few()} netns /run/netns/${name()}`),
  () => inside(`ip rule add pref ${100 + random.below(5)} from 10.9.0.${random.below(5)} table 77`),
  () => inside(`sh -c 'echo ${random.below(2)} > /proc/sys/net/ipv4/ip_forward'`),
  () => inside(`iptables -A FORWARD -s 10.0.0.${random.below(200)} -j DROP`),
  () => inside(`nft add table ip t${few()}`),
];

/** What time alone changes, left out: counters, ages, timers. */
const lasting = (key: string, value: unknown): unknown =>
  /^(?:stats64|used|updated|.*_timer|fdb_n_learned|.*_life_time|holders|conntrack|counters|sockets|dev|inode)$/.test(
    key,
  )
    ? undefined
    : value;

/** By name: a netns keeps it, whatever its inode. Lists of the kernel without an order of their own are sorted. */
const shown = ({ netns }: Snapshot): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    netns.map(({ neighbours: _, fdb, ...one }) => [
      one.isHost ? 'host' : (one.names[0] ?? one.id),
      JSON.parse(
        JSON.stringify({ ...one, fdb: fdb?.map((entry) => JSON.stringify(entry, lasting)).toSorted() }, lasting),
      ),
    ]),
  );

const differences = (followed: unknown, asked: unknown, path: string): readonly string[] => {
  if (JSON.stringify(followed) === JSON.stringify(asked)) return [];
  if (typeof followed !== 'object' || typeof asked !== 'object' || followed === null || asked === null)
    return [`${path}: shown ${JSON.stringify(followed)}, really ${JSON.stringify(asked)}`];
  const keys = new Set([...Object.keys(followed), ...Object.keys(asked)]);
  return [...keys].flatMap((key) =>
    differences((followed as Record<string, unknown>)[key], (asked as Record<string, unknown>)[key], `${path}.${key}`),
  );
};

// Mounts this mount namespace was born with would keep dead netns of others alive here.
for (const [, path] of readFileSync('/proc/self/mountinfo', 'utf8').matchAll(/^(?:\S+ ){3}net:\S+ (\S+) /gm))
  execFileSync('umount', ['--lazy', path ?? '']);
execFileSync('sh', [
  '-c',
  'mount -t tmpfs none /run && mkdir /run/netns && ip link set lo up && ip link add br0 type bridge && ip link set br0 up',
]);
const host = await openLocalHost(hostId('churn'));
let followed = await collect(host);
const keeping = await keepCurrent(host, followed, {}, (snapshot) => {
  followed = snapshot;
});
for (let step = 0; step < Number(steps); step++) {
  await run('sh', ['-c', happenings[random.below(happenings.length)]?.() ?? '']).catch(() => undefined);
  if (random.below(6) === 0) await new Promise((resolve) => setTimeout(resolve, random.below(60)));
}
// Slow lists and netns without events follow in their own time; what is never told stays different.
let found: readonly string[] = [];
for (let round = 0; round < 60; round++) {
  await new Promise((resolve) => setTimeout(resolve, 500));
  found = differences(shown(followed), shown(await collect(host)), '');
  if (found.length === 0) break;
}
process.stdout.write(`${JSON.stringify({ netns: followed.netns.length, found })}\n`);
await keeping.stop();
await host.close();
process.exit(0);
