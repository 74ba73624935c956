/** A netns of its own with everything that a change can touch, and changes made there by this process. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyRemedy, type Rechecked } from '../../src/fix/apply-remedy.ts';
import type { Change, Plan } from '../../src/fix/change.ts';
import { openJournal } from '../../src/fix/journal/open-journal.ts';
import { type UndoAnswer, undoChange } from '../../src/fix/undo-change.ts';
import type { Host } from '../../src/host/host.ts';

let made = 0;

export interface UndoNetwork {
  run(...argv: readonly string[]): string;
  /** A line each. */
  runAll(...lines: readonly string[]): void;
  /** Everything a tool can tell; counters, timers and handles left out. */
  state(): Record<string, readonly string[]>;
  apply(lines: readonly string[], undo?: readonly string[], recheck?: Rechecked): Promise<Change>;
  undo(): Promise<UndoAnswer>;
  remove(): void;
}

const SETUP = [
  'sysctl -qw net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0 net.ipv6.conf.all.accept_ra=0',
  'ip link set lo up',
  'ip link add br0 type bridge',
  'ip link add br1 type bridge',
  'ip link add va address 02:00:00:00:00:0a type veth peer name vb address 02:00:00:00:00:0b',
  'ip link add vc address 02:00:00:00:00:0c type veth peer name vd address 02:00:00:00:00:0d',
  'ip link set br0 up',
  'ip link set br1 up',
  'ip link set va up',
  'ip link set vb up',
  'ip link set vc up',
  'ip link set vd up',
  'ip link set va master br0',
  'ip addr add 10.0.0.1/24 brd + dev br0',
  'ip addr add 10.0.0.7/24 dev br0',
  'ip addr add 10.3.0.1/24 brd + dev vc',
  'ip addr add 2001:db8:3::1/64 dev vc nodad',
  'ip addr add 10.5.0.1/24 dev vd',
];

const moving =
  /"(?:\w*timer|valid_life_time|preferred_life_time|fdb_n_learned|designated_\w+|bridge_id|root_id|id|no|rx_\w+|tx_\w+|carrier\w*|operstate|message_age|tc_detected|root_path_cost|root_port|tso_max_\w+|topology_change\w*)":(?:"[^"]*"|[\d.]+),?/g;

const linesOf = (text: string): readonly string[] =>
  text
    .replaceAll(/ \[\d+:\d+\]/g, '')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/ refcnt \d+| linkdown/g, '')
    .replaceAll(/"(?:LOWER_UP|NO-CARRIER|M-DOWN)",?/g, '')
    .replaceAll(',]', ']')
    .replaceAll(/counter packets \d+ bytes \d+/g, 'counter')
    .replaceAll(moving, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');

/** One part a line: [name, how it is printed]. */
const PARTS = [
  ['links', `ip -j -d link | sed 's/},{"ifindex"/}\\n{"ifindex"/g'`],
  ['addresses', `ip -o addr | sed 's/valid_lft.*//'`],
  ['routes', 'ip -d -4 route show table all'],
  ['routes6', 'ip -d -6 route show table all | sort -u'],
  ['rules', 'ip -d rule; ip -d -6 rule'],
  ['neighbours', 'ip neigh show nud permanent | sort'],
  ['fdb', `bridge fdb show | grep -E 'permanent|static' | sort`],
  ['vlans', 'bridge vlan show'],
  ['queues', 'tc qdisc show'],
  ['iptables', 'iptables-save'],
  ['nft', 'nft -s list ruleset'],
  ['sysctls', `sysctl -a -r '^net\\.ipv[46]\\.(conf|ip_forward)' | grep -v stable_secret`],
] as const;

const PRINT_ALL = PARTS.map(([name, command]) => `echo '@@${name}'; { ${command}; } 2>&1`).join('\n');

export const makeUndoNetwork = async (host: Host): Promise<UndoNetwork> => {
  made += 1;
  const name = `fx-u${process.pid}-${made}`;
  const folder = mkdtempSync(join(tmpdir(), 'fix-'));
  const run = (...argv: readonly string[]): string =>
    execFileSync('nsenter', [`--net=/run/netns/${name}`, ...argv], { encoding: 'utf8', stdio: 'pipe' });
  const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;
  const runAll = (...lines: readonly string[]): void => {
    run('sh', '-ec', lines.map((line) => line.split(' ').map(quoted).join(' ')).join('\n'));
  };
  execFileSync('ip', ['netns', 'add', name]);
  runAll(...SETUP);
  const answer = await host.ask({ about: 'netns', parts: [], search: 'quick' });
  const netns = answer.value?.find((one) => one.names.some((known) => known.endsWith(name)))?.id ?? '';
  const journal = openJournal(join(folder, 'vethscope'));
  const commandsOf = (lines: readonly string[]) => lines.map((line) => ({ argv: line.split(' '), netns }));
  return {
    run,
    runAll,
    state: () =>
      Object.fromEntries(
        run('sh', '-c', PRINT_ALL)
          .split('@@')
          .slice(1)
          .map((part) => [part.slice(0, part.indexOf('\n')), linesOf(part.slice(part.indexOf('\n')))] as const),
      ),
    apply: (lines, undo = ['true'], recheck = { findingGone: true }) => {
      const plan: Plan = {
        finding: 'test',
        title: 'test',
        remedy: 1,
        commands: commandsOf(lines),
        undo: commandsOf(undo),
        shown: { commands: [], undo: [] },
      };
      return applyRemedy(host, journal, plan, { recheck: async () => recheck });
    },
    undo: () => undoChange(host, journal),
    remove: () => {
      execFileSync('ip', ['netns', 'del', name]);
      rmSync(folder, { recursive: true });
    },
  };
};
