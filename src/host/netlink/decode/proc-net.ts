/** What the text files under /proc/PID/net tell of a netns that may not be entered: less than netlink, never a guess. */
import type { AddressInfo, Link, LinkAddresses } from '../../../model/link.ts';
import type { Neighbour, Route } from '../../../model/route.ts';
import { addressText, ipv4Text } from '../wire/address-text.ts';
import { littleEndian } from '../wire/attributes.ts';

/** Texts by file name; a file that could not be read is absent. */
export type ProcNet = Readonly<
  Partial<Record<'dev' | 'if_inet6' | 'fib_trie' | 'route' | 'ipv6_route' | 'arp' | 'igmp', string>>
>;

const lines = (text: string | undefined, skip: number): readonly string[] =>
  (text ?? '')
    .split('\n')
    .slice(skip)
    .filter((line) => line.trim() !== '');

/** `0000A8C0` as the host's byte order makes it. */
const hostOrder4 = (hex: string): string => {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, Number.parseInt(hex, 16), littleEndian);
  return ipv4Text(bytes);
};

const hex6 = (hex: string): string =>
  addressText(new Uint8Array((hex.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16))), 10);

/** Name → ifindex, from the files that have it: igmp (links with IPv4) and if_inet6. */
const ifindexes = (files: ProcNet): ReadonlyMap<string, number> => {
  const found = new Map<string, number>();
  for (const line of lines(files.igmp, 1)) {
    const match = /^(\d+)\s+(\S+)\s*:/.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) found.set(match[2], Number(match[1]));
  }
  for (const line of lines(files.if_inet6, 0)) {
    const [, index = '', , , , name = ''] = line.trim().split(/\s+/);
    found.set(name, Number.parseInt(index, 16));
  }
  return found;
};

/** Names, indexes and counters are all there is: no flags, no MTU, no state. A link whose ifindex no file tells is left out. */
export const parseProcLinks = (files: ProcNet): readonly Link[] => {
  const indexes = ifindexes(files);
  return lines(files.dev, 2).flatMap((line): Link[] => {
    const [name = '', rest = ''] = line.split(/:(?=\s*\d+\s)/).map((part) => part.trim());
    const [
      bytes = 0,
      packets = 0,
      errors = 0,
      dropped = 0,
      ,
      ,
      ,
      multicast = 0,
      txBytes = 0,
      txPackets = 0,
      txErrors = 0,
      txDropped = 0,
    ] = rest.split(/\s+/).map(Number);
    const ifindex = indexes.get(name);
    if (ifindex === undefined) return [];
    return [
      {
        ifindex,
        ifname: name,
        flags: [],
        mtu: 0,
        operstate: 'UNKNOWN',
        link_type: 'unknown',
        stats64: {
          rx: { bytes, packets, errors, dropped, multicast },
          tx: { bytes: txBytes, packets: txPackets, errors: txErrors, dropped: txDropped },
        },
      },
    ];
  });
};

const scopes: Readonly<Record<string, string>> = { '00': 'global', '10': 'host', '20': 'link', '40': 'site' };

/** Columns: address, ifindex, prefix length, scope, flags, name. */
export const parseInet6Addresses = (files: ProcNet): readonly LinkAddresses[] => {
  const byName = new Map<string, { ifindex: number; infos: AddressInfo[] }>();
  for (const line of lines(files.if_inet6, 0)) {
    const [address = '', index = '', length = '', scope = '', flags = '', name = ''] = line.trim().split(/\s+/);
    const bits = Number.parseInt(flags, 16);
    const entry = byName.get(name) ?? { ifindex: Number.parseInt(index, 16), infos: [] };
    entry.infos.push({
      family: 'inet6',
      local: hex6(address),
      prefixlen: Number.parseInt(length, 16),
      scope: scopes[scope] ?? scope,
      ...(bits & 0x40 ? { tentative: true } : {}),
      ...(bits & 8 ? { dadfailed: true } : {}),
      ...(bits & 0x20 ? { deprecated: true } : {}),
    });
    byName.set(name, entry);
  }
  return [...byName].map(([ifname, { ifindex, infos }]) => ({ ifindex, ifname, addr_info: infos }));
};

const RTF_UP = 1;
const RTF_GATEWAY = 2;
const RTF_REJECT = 0x200;

const maskLength = (mask: string): number =>
  hostOrder4(mask)
    .split('.')
    .reduce((sum, byte) => sum + (Number(byte).toString(2).match(/1/g)?.length ?? 0), 0);

/** Only the main table is in this file: Iface, Destination, Gateway, Flags, RefCnt, Use, Metric, Mask, MTU. */
export const parseProcRoutes = (files: ProcNet): readonly Route[] =>
  lines(files.route, 1).flatMap((line): Route[] => {
    const [dev = '', destination = '', gateway = '', flags = '', , , metric = '0', mask = ''] = line
      .trim()
      .split(/\s+/);
    const bits = Number.parseInt(flags, 16);
    if (!(bits & RTF_UP)) return [];
    const length = maskLength(mask);
    return [
      {
        type: bits & RTF_REJECT ? 'unreachable' : 'unicast',
        dst: length === 0 ? 'default' : `${hostOrder4(destination)}${length === 32 ? '' : `/${length}`}`,
        ...(bits & RTF_GATEWAY ? { gateway: hostOrder4(gateway) } : {}),
        ...(dev === '*' ? {} : { dev }),
        table: 'main',
        protocol: 'unknown',
        scope: bits & RTF_GATEWAY ? 'global' : 'link',
        ...(metric === '0' ? {} : { metric: Number(metric) }),
        flags: [],
      },
    ];
  });

/** IP address, HW type, Flags, HW address, Mask, Device. Flags: 2 complete, 4 permanent, 8 published (proxy). */
export const parseArp = (files: ProcNet): readonly Neighbour[] =>
  lines(files.arp, 1).map((line): Neighbour => {
    const [dst = '', , flags = '0', lladdr = '', , dev = ''] = line.trim().split(/\s+/);
    const bits = Number.parseInt(flags, 16);
    const proxy = (bits & 8) !== 0;
    return {
      dst,
      dev,
      ...(bits & 2 && !proxy ? { lladdr } : {}),
      ...(proxy ? { proxy: null } : {}),
      state: bits & 4 && !proxy ? ['PERMANENT'] : [],
    };
  });

/** Local IPv4 addresses, each with the line `/32 host LOCAL` below it in fib_trie; which link has them is not told. */
export const parseLocalAddresses = (files: ProcNet): readonly string[] => {
  const found = new Set<string>();
  let last = '';
  for (const line of lines(files.fib_trie, 0)) {
    const address = /\|--\s+(\S+)/.exec(line)?.[1];
    if (address !== undefined) last = address;
    else if (/\/32 host LOCAL/.test(line)) found.add(last);
  }
  return [...found];
};
