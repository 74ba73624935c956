/** What we decode equals what `ip -j -d -s` and `bridge -j -d` print, value by value, in real netns with every kind of link at hand. */
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, expect } from 'vitest';
import { type Reader, startReader } from '../../src/host/netlink/reader.ts';
import { hostId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import { requires } from '../support/requires.ts';
import { buildTestNetwork, type TestNetwork } from './netlink-network.ts';

const { describe, test } = requires('root', 'tool:ip', 'tool:bridge', 'tool:nsenter');

/**
 * Where ip itself is wrong or says what no message holds:
 * - timers run between the two reads;
 * - ip 6.1 writes bridge ids without leading zeros, and a bridge's `root_id` from its own id (iplink_bridge.c);
 * - `used`, `confirmed`, `updated`, `probes`, `refcnt` of neighbours are ages, counted since the last use;
 * - lifetimes count down.
 */
const NOT_COMPARED = /(_timer|\.used|\.confirmed|\.updated|\.probes|\.refcnt|_life_time|\.expires)$/;
const normalised = (path: string, value: unknown): unknown =>
  /\.(bridge_id|root_id)$/.test(path) && typeof value === 'string'
    ? value
        .split(/[.:]/)
        .map((part) => part.padStart(2, '0'))
        .join(':')
    : value;

type Json = unknown;
interface Difference {
  readonly path: string;
  readonly ip: Json;
  readonly ours: Json;
}

/** Every value ip prints, compared with ours of the same path; ours may have more. */
const compare = (path: string, ip: Json, ours: Json, found: { values: number; differences: Difference[] }): void => {
  if (NOT_COMPARED.test(path)) return;
  if (Array.isArray(ip) && ip.some((one) => typeof one === 'object')) {
    const mine = Array.isArray(ours) ? ours : [];
    if (mine.length !== ip.length) found.differences.push({ path: `${path}.length`, ip: ip.length, ours: mine.length });
    for (const [index, one] of ip.entries()) compare(`${path}[]`, one, mine[index], found);
  } else if (ip !== null && typeof ip === 'object' && !Array.isArray(ip)) {
    for (const [key, value] of Object.entries(ip))
      compare(`${path}.${key}`, value, (ours as Record<string, Json> | undefined)?.[key], found);
  } else {
    found.values++;
    const [theirs, mine] = [normalised(path, ip), normalised(path, ours)];
    // Counters go on between our read and ip's.
    if (path.includes('.stats64.') && Number(mine) <= Number(theirs)) return;
    if (JSON.stringify(theirs) !== JSON.stringify(mine)) found.differences.push({ path, ip: theirs, ours: mine });
  }
};

const json = (name: string, ...argv: readonly string[]): readonly Record<string, Json>[] => {
  try {
    const text = execFileSync('nsenter', [`--net=/run/netns/${name}`, ...argv], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    return JSON.parse(text === '' ? '[]' : text);
  } catch {
    return [];
  }
};

const by = <T>(list: readonly T[] | undefined, key: (one: T) => string): ReadonlyMap<string, T> =>
  new Map((list ?? []).map((one) => [key(one), one]));
const sorted = (list: readonly Json[] | undefined): readonly Json[] =>
  [...(list ?? [])].sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)));

let network: TestNetwork;
let reader: Reader;
let read: ReadonlyMap<string, Netns>;

describe('the native reader', () => {
  beforeAll(async () => {
    network = buildTestNetwork(`vst-equal-${process.pid}`);
    reader = startReader({ host: hostId('test') });
    const answer = await reader.read({
      parts: ['links', 'addresses', 'routes', 'policyRules', 'neighbours', 'fdb', 'vlans', 'sysctls'],
      search: 'quick',
    });
    read = new Map(answer.netns.flatMap((netns) => netns.names.map((name) => [name, netns])));
  });
  afterAll(async () => {
    await reader?.close();
    network?.remove();
  });

  const check = (
    what: string,
    one: (name: string, netns: Netns, found: { values: number; differences: Difference[] }) => void,
  ): void =>
    test(`tells ${what} as ip does`, () => {
      const found = { values: 0, differences: [] as Difference[] };
      for (const name of network.names) one(name, read.get(name) as Netns, found);
      expect(found.differences).toEqual([]);
      expect(found.values).toBeGreaterThan(4);
    });

  check('links', (name, netns, found) => {
    const ours = by(netns.links, (link) => String(link.ifindex));
    const theirs = json(name, 'ip', '-j', '-d', '-s', 'link');
    expect(ours.size).toBe(theirs.length);
    for (const link of theirs) compare('link', link, ours.get(String(link['ifindex'])), found);
  });
  check('addresses', (name, netns, found) => {
    const ours = by(netns.addresses, (link) => String(link.ifindex));
    for (const { ifindex, addr_info: infos } of json(name, 'ip', '-j', '-d', 'addr')) {
      if ((infos as readonly Json[]).length > 0) compare('addr', infos, ours.get(String(ifindex))?.addr_info, found);
    }
  });
  check('IPv4 routes', (name, netns, found) =>
    compare('route', json(name, 'ip', '-4', '-j', '-d', 'route', 'show', 'table', 'all'), netns.routes, found),
  );
  check('IPv6 routes', (name, netns, found) =>
    compare('route', json(name, 'ip', '-6', '-j', '-d', 'route', 'show', 'table', 'all'), netns.routes6, found),
  );
  check('policy rules', (name, netns, found) => {
    for (const [option, family] of [
      ['-4', 'inet'],
      ['-6', 'inet6'],
    ] as const) {
      compare(
        'rule',
        json(name, 'ip', option, '-j', '-d', 'rule'),
        netns.policyRules?.filter((rule) => rule.family === family),
        found,
      );
    }
  });
  check('neighbours and proxy entries', (name, netns, found) => {
    const theirs = [
      ...json(name, 'ip', '-j', '-d', '-s', 'neigh'),
      ...json(name, 'ip', '-j', '-d', 'neigh', 'show', 'proxy'),
    ];
    const key = (one: Record<string, Json>): string => `${one['dst']} ${one['dev']} ${'proxy' in one}`;
    const ours = by(netns.neighbours, key);
    expect(ours.size).toBe(theirs.length);
    for (const one of theirs) compare('neigh', one, ours.get(key(one)), found);
    found.values += 5;
  });
  check('fdb entries', (name, netns, found) =>
    compare('fdb', sorted(json(name, 'bridge', '-j', '-d', 'fdb')), sorted(netns.fdb), found),
  );

  test('takes the per-link sysctls of link messages for what /proc/sys/net says', () => {
    const netns = read.get(network.names[0]) as Netns;
    const text = execFileSync('nsenter', [`--net=/run/netns/${network.names[0]}`, 'sysctl', '-a'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const truth = new Map(
      text
        .split('\n')
        .map((line) => [line.slice(4).split(' = ')[0] ?? '', (line.split(' = ')[1] ?? '').replaceAll('\t', ' ')]),
    );
    const wrong = Object.entries(netns.sysctls ?? {}).filter(
      ([name, value]) =>
        truth.has(
          name.replace(
            /conf\.(.*)\.(\w+)$/,
            (_, link: string, rest: string) => `conf.${link.replaceAll('.', '/')}.${rest}`,
          ),
        ) && truth.get(name) !== value,
    );
    expect(wrong.filter(([name]) => !name.endsWith('_count'))).toEqual([]);
    expect(Object.keys(netns.sysctls ?? {}).length).toBeGreaterThan(100);
  });

  test('knows each end of a veth across netns by nsid', () => {
    const [near, far] = network.names.map((name) => read.get(name) as Netns);
    const port = near?.links?.find((link) => link.ifname === 'v2');
    const eth0 = far?.links?.find((link) => link.ifname === 'eth0');
    expect(near?.nsids.find(({ nsid }) => nsid === port?.link_netnsid)?.netns).toBe(far?.id);
    expect(far?.nsids.find(({ nsid }) => nsid === eth0?.link_netnsid)?.netns).toBe(near?.id);
    expect(port?.link_index).toBe(eth0?.ifindex);
  });
});
