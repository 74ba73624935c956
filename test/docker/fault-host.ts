/** The standard host, ready for faults: runs their lines, tries their probes, reads what a change could have touched, asks vethscope. */

import type { LabHostOptions } from '../lab/lab-host.ts';
import type { Ran } from '../lab/run-in.ts';
import type { Line } from '../scenarios/faults/fault.ts';
import type { Ran as Told } from '../support/run-main.ts';
import { startResident } from './resident.ts';
import { startStandardHost } from './standard-host.ts';

export interface FaultHost {
  run(line: Line, options?: { readonly mayFail?: boolean }): Promise<Ran>;
  /** Placeholders replaced. */
  resolve(text: string): Promise<string>;
  works(probe: Line): Promise<boolean>;
  /** Whatever a remedy could have touched in the host and in the containers named. */
  state(containers: readonly string[]): Promise<string>;
  ask(...argv: readonly string[]): Promise<Told>;
  stop(): Promise<void>;
}

/** As scripts compare it: what moves by itself is left out below. */
const STATE = `
iptables-save; ip6tables-save; nft -s list ruleset; iptables-legacy-save 2>/dev/null
for p in 1 "$@"; do
  n="nsenter -t $p -n"
  $n ip -j -d link; $n ip -j addr; $n ip -j route show table all; $n ip -j -6 route show table all; $n ip -j rule; $n ip -j -6 rule
  $n ip -j neigh show nud permanent; $n bridge fdb show | grep -E 'permanent|static' | sort; $n bridge -d link; $n iptables-save
  $n grep -rs . /proc/sys/net | grep -vE 'conntrack_count|stable_secret'
done`;

const steady = (text: string): string =>
  text
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(
      /"\w*timer":[\d.]+|"(?:valid|preferred)_life_time":\d+|"fdb_n_learned":\d+|"?mcast_n_groups"?[: ]\d+/g,
      '',
    );

/** Addresses of links that come up are there at once, so that a state is comparable right after a change. */
const WITHOUT_DAD = `
for p in 1 "$@"; do for f in all default; do nsenter -t $p -n sh -c "echo 0 >/proc/sys/net/ipv6/conf/$f/accept_dad"; done
nsenter -t $p -n sh -c 'for f in /proc/sys/net/ipv6/conf/*/accept_dad; do echo 0 >$f; done'; done`;

const splitLine = (line: string): readonly string[] =>
  [...line.matchAll(/'([^']*)'|\S+/g)].map((match) => match[1] ?? match[0]);

type Fact = 'ip' | 'mac' | 'pid' | 'veth';

interface Inspected {
  readonly State: { readonly Pid: number };
  readonly NetworkSettings: {
    readonly Networks: Readonly<Record<string, { readonly IPAddress: string; readonly MacAddress: string }>>;
  };
}

export const startFaultHost = async (options: LabHostOptions = {}): Promise<FaultHost> => {
  const { host, lan, stop } = await startStandardHost(options);
  const facts = new Map<string, Promise<Readonly<Record<Fact, string>>>>();

  const readFacts = async (name: string): Promise<Readonly<Record<Fact, string>>> => {
    const [one] = JSON.parse(await host.docker('inspect', name)) as readonly Inspected[];
    const pid = String(one?.State.Pid ?? 0);
    const first = Object.values(one?.NetworkSettings.Networks ?? {})[0];
    const script = `i=$(nsenter -t ${pid} -n ip -o link show eth0 | sed -nE 's/.*@if([0-9]+):.*/\\1/p'); ip -o link | sed -nE "s/^$i: ([^@:]+).*/\\1/p"`;
    const veth = pid === '0' ? '' : (await host.run(['sh', '-c', script], { mayFail: true })).stdout.trim();
    return { ip: first?.IPAddress ?? '', mac: first?.MacAddress ?? '', pid, veth };
  };
  const factsOf = (name: string) => {
    const known = facts.get(name) ?? readFacts(name);
    facts.set(name, known);
    return known;
  };
  const resolve: FaultHost['resolve'] = async (text) => {
    let resolved = text.replaceAll('{host.pid}', String(host.pid));
    for (const [whole, name = '', fact] of text.matchAll(/\{(\w+)\.(ip|mac|pid|veth)\}/g))
      if (name !== 'host') resolved = resolved.replaceAll(whole, (await factsOf(name))[fact as Fact]);
    return resolved;
  };
  const enter = async (where: string): Promise<readonly string[]> => {
    const named = await host.run(['test', '-e', `/run/netns/${where}`], { mayFail: true });
    return named.code === 0
      ? ['nsenter', `--net=/run/netns/${where}`]
      : ['nsenter', '-t', (await factsOf(where)).pid, '-n'];
  };
  const run: FaultHost['run'] = async (line, runOptions = {}) => {
    const [, where, command = ''] = /^(?:(\w+)! )?(.*)$/.exec(await resolve(line)) ?? [];
    const argv = splitLine(command);
    if (where === 'lan') return lan.run(argv, runOptions);
    const ran = await host.run([...(where === undefined ? [] : await enter(where)), ...argv], runOptions);
    // Containers that were started again have other processes and links.
    if (/\bdocker (?!exec|inspect)/.test(command)) facts.clear();
    return ran;
  };
  const pids = (names: readonly string[]) => Promise.all(names.map(async (name) => (await factsOf(name)).pid));

  try {
    const all = (await host.docker('ps', '--format', '{{.Names}}')).split('\n');
    await host.run(['sh', '-c', WITHOUT_DAD, 'sh', ...(await pids(all))], { mayFail: true });
    const resident = startResident(host);
    return {
      run,
      resolve,
      works: async (probe) => (await run(probe, { mayFail: true })).code === 0,
      state: async (names) =>
        steady((await host.run(['sh', '-c', STATE, 'sh', ...(await pids(names))], { mayFail: true })).stdout),
      ask: resident.ask,
      stop: async () => {
        await resident.stop();
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
};
