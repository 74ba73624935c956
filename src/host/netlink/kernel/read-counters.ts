/** Counters of a netns that tell of lost packets, from /proc/net of the calling thread's netns: two readings say what is happening now. */
import { readFileSync } from 'node:fs';

const textOf = (name: string): string => {
  try {
    return readFileSync(`/proc/thread-self/net/${name}`, 'utf8');
  } catch {
    return '';
  }
};

/** A line of names, then a line of values for each CPU, in hexadecimal (nf_conntrack_standalone.c, neighbour.c). */
export function sumPerCpu(text: string, wanted: readonly string[]): Readonly<Record<string, number>> {
  const [head = '', ...lines] = text.trim().split('\n');
  const names = head.trim().split(/\s+/);
  const rows = lines.map((line) => line.trim().split(/\s+/));
  return Object.fromEntries(
    wanted
      .map((name) => [name, names.indexOf(name)] as const)
      .filter(([, column]) => column >= 0)
      .map(([name, column]) => [name, rows.reduce((sum, row) => sum + Number.parseInt(row[column] ?? '0', 16), 0)]),
  );
}

/** Pairs of lines `Ip: names…`, `Ip: values…`. */
export function parseProtocolCounters(text: string, wanted: readonly string[]): Readonly<Record<string, number>> {
  const found: Record<string, number> = {};
  const lines = text.trim().split('\n');
  for (let at = 0; at + 1 < lines.length; at += 2) {
    const [group = '', ...names] = (lines[at] ?? '').split(' ');
    const [, ...values] = (lines[at + 1] ?? '').split(' ');
    for (const [n, name] of names.entries()) {
      const full = `${group.replace(/:$/, '')}.${name}`;
      if (wanted.includes(full)) found[full] = Number(values[n]);
    }
  }
  return found;
}

const prefixed = (prefix: string, counters: Readonly<Record<string, number>>): Readonly<Record<string, number>> =>
  Object.fromEntries(Object.entries(counters).map(([name, value]) => [`${prefix}.${name}`, value]));

/** Names as their files have them: `conntrack.drop`, `arp_cache.table_fulls`, `Ip.FragFails`, `TcpExt.IPReversePathFilter`. */
export const readCounters = (): Readonly<Record<string, number>> => ({
  ...prefixed('conntrack', sumPerCpu(textOf('stat/nf_conntrack'), ['drop', 'early_drop', 'insert_failed', 'invalid'])),
  ...prefixed('arp_cache', sumPerCpu(textOf('stat/arp_cache'), ['table_fulls'])),
  ...prefixed('ndisc_cache', sumPerCpu(textOf('stat/ndisc_cache'), ['table_fulls'])),
  ...parseProtocolCounters(textOf('snmp'), ['Ip.FragFails', 'Ip.OutNoRoutes', 'Tcp.OutRsts', 'Udp.InCsumErrors']),
  ...parseProtocolCounters(textOf('netstat'), ['TcpExt.IPReversePathFilter']),
});
