/** Reads what a change touches as canonical text: the same state gives the same text, whatever counters and timers say. */
import type { Host } from '../../host/host.ts';
import type { CommandResult } from '../../model/change.ts';
import type { Touch } from './touch.ts';

/** `whole` is more than the change touches, kept for repair by hand: the table a chain is part of. */
export type ReadState =
  | { readonly text: string; readonly whole?: string }
  /** It cannot be told how it was: nothing may be changed then. */
  | { readonly error: string };

const argvOf = (touch: Touch): readonly string[] => {
  switch (touch.kind) {
    case 'chain':
      return [`${touch.tool}-save`, '-t', touch.table];
    case 'nft-table':
      return ['nft', '-s', 'list', 'table', touch.family, touch.table];
    case 'sysctl':
      return ['sysctl', '-n', touch.name];
    case 'link':
    case 'bridge-port':
      return ['ip', '-j', '-d', 'link', 'show', 'dev', touch.ifname];
    case 'addresses':
      return ['ip', '-j', 'addr', 'show', 'dev', touch.ifname];
    case 'neighbours':
      return ['ip', '-j', 'neigh', 'show', 'dev', touch.ifname, 'nud', 'all'];
    case 'fdb':
      return ['bridge', '-j', 'fdb', 'show', 'dev', touch.ifname];
    case 'vlans':
      return ['bridge', '-j', 'vlan', 'show', 'dev', touch.ifname];
    case 'qdisc':
      return ['tc', '-j', 'qdisc', 'show', 'dev', touch.ifname];
    case 'routes':
      return ['ip', '-j', `-${touch.family}`, 'route', 'show', 'table', 'all'];
    case 'policy-rules':
      return ['ip', '-j', `-${touch.family}`, 'rule', 'show'];
  }
};

type Json = Readonly<Record<string, unknown>>;

const rows = (stdout: string): readonly Json[] => (stdout.trim() === '' ? [] : (JSON.parse(stdout) as Json[]));

const pick = (row: Json, names: readonly string[]): Json =>
  Object.fromEntries(names.flatMap((name) => (row[name] === undefined ? [] : [[name, row[name]]])));

const without = (row: Json, names: readonly string[]): Json =>
  Object.fromEntries(Object.entries(row).filter(([name]) => !names.includes(name)));

const lines = (list: readonly unknown[]): string => list.map((one) => JSON.stringify(one)).join('\n');

/** Flags that the kernel sets by itself: carrier, and promiscuity of bridge ports. */
const movingFlags = ['LOWER_UP', 'NO-CARRIER', 'M-DOWN'];

const linkText = (row: Json | undefined): string => {
  if (row === undefined) return 'absent';
  const flags = ((row['flags'] ?? []) as string[]).filter((flag) => !movingFlags.includes(flag)).sort();
  const { linkinfo } = row as { linkinfo?: { info_kind?: string; info_slave_kind?: string } };
  return JSON.stringify({
    flags,
    ...pick(row, ['mtu', 'master', 'address', 'ifalias', 'txqlen', 'ifindex']),
    kind: linkinfo?.info_kind,
  });
};

/** Timers and ids that count on by themselves. */
const movingPort = /timer|_id$|designated|cost|config_pending|topology|^bridge_id|^root_id|^no$/;

const portText = (row: Json | undefined): string => {
  const { linkinfo } = (row ?? {}) as { linkinfo?: { info_slave_data?: Json } };
  const data = linkinfo?.info_slave_data;
  if (data === undefined) return 'no port';
  return JSON.stringify(Object.fromEntries(Object.entries(data).filter(([name]) => !movingPort.test(name))));
};

const addressesText = (row: Json | undefined): string =>
  lines(
    ((row?.['addr_info'] ?? []) as Json[])
      // The kernel makes and removes these with the link.
      .filter((one) => !String(one['local']).startsWith('fe80:'))
      .map((one) => without(one, ['valid_life_time', 'preferred_life_time', 'tentative', 'dadfailed'])),
  );

/** A built-in chain without rules that accepts does what no chain does: legacy tables stay once they are made. */
const emptyChain = /^:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT$/;

const chainText = (stdout: string, chain: string): string => {
  const text = chainLines(stdout, chain);
  return emptyChain.test(text) ? '' : text;
};

const chainLines = (stdout: string, chain: string): string =>
  stdout
    .split('\n')
    .filter((line) => line.startsWith(`:${chain} `) || line.startsWith(`-A ${chain} `) || line === `-A ${chain}`)
    .map((line) => line.replace(/ \[\d+:\d+\]$/, ''))
    .join('\n');

const isPermanent = (row: Json): boolean => ((row['state'] ?? []) as string[]).includes('PERMANENT');

const textOf = (touch: Touch, stdout: string): string => {
  switch (touch.kind) {
    case 'chain':
      return chainText(stdout, touch.chain);
    case 'nft-table':
      return stdout;
    case 'sysctl':
      return stdout.trim();
    case 'link':
      return linkText(rows(stdout)[0]);
    case 'bridge-port':
      return portText(rows(stdout)[0]);
    case 'addresses':
      return addressesText(rows(stdout).find((row) => row['ifname'] === touch.ifname));
    case 'neighbours':
      return lines(
        rows(stdout)
          .filter(isPermanent)
          .map((row) => pick(row, ['dst', 'lladdr', 'state'])),
      );
    case 'fdb':
      // Learned entries come and go.
      return lines(
        rows(stdout)
          .filter((row) => ['permanent', 'static'].includes(String(row['state'])))
          .map((row) => without(row, ['ifname'])),
      );
    case 'vlans':
    case 'qdisc':
      return lines(rows(stdout).filter((row) => row['ifname'] === undefined || row['ifname'] === touch.ifname));
    case 'routes':
      return lines(
        rows(stdout)
          .filter((row) => row['dst'] === touch.destination && row['type'] !== 'local')
          .map((row) => without(row, ['flags', 'expires', 'cache', 'users', 'used', 'age'])),
      );
    case 'policy-rules':
      return lines(rows(stdout));
  }
};

const isAbsent = ({ stderr }: CommandResult): boolean =>
  /does not exist|Cannot find device|No such (file|device)/i.test(stderr);

export const readState = async (host: Host, touch: Touch): Promise<ReadState> => {
  const argv = argvOf(touch);
  const result = await host.change({ argv, ...(touch.netns === undefined ? {} : { netns: touch.netns }) });
  if (result.exitCode !== 0) {
    if (isAbsent(result) && result.exitCode !== 126) return { text: 'absent' };
    return { error: `${argv.join(' ')}: ${result.stderr.trim() || `exit code ${result.exitCode}`}` };
  }
  try {
    const text = textOf(touch, result.stdout);
    return touch.kind === 'chain' ? { text, whole: result.stdout } : { text };
  } catch {
    return { error: `${argv.join(' ')}: printed no JSON` };
  }
};
