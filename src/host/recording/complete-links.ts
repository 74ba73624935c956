/**
 * What is told of links elsewhere, or follows for certain, put into links that were read without details (`ip addr`, `ip -j link`): whose port
 * they are, of what kind they are. A kind nothing proves is `unknown`: without -d a link that is nobody's port looks like hardware.
 */
import { parseObjects } from './mend-json.ts';

type Fact = Readonly<Record<string, unknown>>;
type Files = Map<string, string>;

/** ARPHRD_…: no other kind of link has it. */
const byType: Readonly<Record<string, string>> = {
  ipip: 'ipip',
  sit: 'sit',
  gre: 'gre',
  tunnel6: 'ip6tnl',
  gre6: 'ip6gre',
};

/** Names that systemd and the kernel give to hardware. */
const ofHardware = /^(?:eth\d+|en[a-z]*[ops]?\d\w*|wl\w+|ib\d+)$/;

const infoOf = (link: Fact): Fact => (link['linkinfo'] as Fact | undefined) ?? {};

/** With -d iproute2 tells of every link how often it was made promiscuous. */
const isDetailed = (link: Fact): boolean =>
  link['promiscuity'] !== undefined || infoOf(link)['info_kind'] !== undefined;

/** `bridge link` and `brctl show` tell whose port a link is; with the first its state. */
const joinPorts = (links: readonly Fact[], files: Files): readonly Fact[] => {
  const ports = new Map(
    [...parseObjects(files.get('brctl.json')), ...parseObjects(files.get('ports.json'))].map((port) => [
      port['ifname'],
      port,
    ]),
  );
  return links.map((link) => {
    const port = ports.get(link['ifname']);
    const info = infoOf(link);
    if (port === undefined || info['info_slave_kind'] !== undefined) return link;
    if (link['master'] !== undefined && link['master'] !== port['master']) return link;
    const { ifindex: _index, ifname: _name, flags: _flags, mtu: _mtu, link: _link, master, ...data } = port;
    return { ...link, master, linkinfo: { ...info, info_slave_kind: 'bridge', info_slave_data: data } };
  });
};

/** Bridges that another file names as such: nothing else has ports or an fdb of ports. */
const bridgesOf = (files: Files, known: ReadonlySet<string>): ReadonlySet<unknown> =>
  new Set([
    ...known,
    ...['brctl.json', 'ports.json', 'fdb.json'].flatMap((file) =>
      parseObjects(files.get(file)).flatMap(({ master }) => (typeof master === 'string' ? [master] : [])),
    ),
  ]);

interface Place {
  readonly files: Files;
  readonly isHost: boolean;
}

/** `eth0@if7` here and `veth1@if2` there, and no other two that fit: only the ends of a pair name each other. */
const isCrossPair = (link: Fact, at: number, all: readonly (readonly Fact[])[]): boolean => {
  if (typeof link['link_index'] !== 'number') return false;
  const ends = all.flatMap((links, other) =>
    other === at
      ? []
      : links.filter((one) => one['ifindex'] === link['link_index'] && one['link_index'] === link['ifindex']),
  );
  return ends.length === 1;
};

const kindOf = (
  link: Fact,
  at: number,
  all: readonly (readonly Fact[])[],
  bridges: ReadonlySet<unknown>,
): string | undefined => {
  const { ifname, link_type: type, link: other } = link;
  const own = all[at] ?? [];
  if (type === 'loopback') return undefined;
  if (typeof type === 'string' && byType[type] !== undefined) return byType[type];
  if (bridges.has(ifname)) return 'bridge';
  const named = typeof other === 'string' ? own.find((one) => one['ifname'] === other) : undefined;
  if (named?.['link'] === ifname || isCrossPair(link, at, all)) return 'veth';
  const isAlone = other === undefined && link['link_index'] === undefined && link['master'] === undefined;
  const hasPorts = own.some((one) => one['master'] === ifname);
  return isAlone && !hasPorts && type === 'ether' && ofHardware.test(String(ifname)) ? undefined : 'unknown';
};

/** Higher than any the kernel gives. */
const madeUp = 1_000_000;

/** An index that counts elsewhere needs a number for where; busybox's ip tells none. */
const withNsid = (link: Fact, isPair: boolean): Fact =>
  typeof link['link_index'] === 'number' && link['link_netnsid'] === undefined
    ? { ...link, link_netnsid: isPair ? madeUp + Number(link['ifindex']) : -1 }
    : link;

/** `bridges`: those of the host that engines tell of. Answers how many links of each place were read without details. */
export const completeLinks = (places: readonly Place[], bridges: ReadonlySet<string>): readonly number[] => {
  const all = places.map(({ files }) => joinPorts(parseObjects(files.get('links.json')), files));
  return places.map(({ files, isHost }, at) => {
    const named = bridgesOf(files, isHost ? bridges : new Set());
    let bare = 0;
    const links = (all[at] ?? []).map((link) => {
      const isPair = isCrossPair(link, at, all);
      if (isDetailed(link)) return withNsid(link, isPair);
      bare += 1;
      const kind = kindOf(link, at, all, named);
      return withNsid(kind === undefined ? link : { ...link, linkinfo: { ...infoOf(link), info_kind: kind } }, isPair);
    });
    if (links.length > 0) files.set('links.json', JSON.stringify(links));
    files.delete('ports.json');
    files.delete('brctl.json');
    return bare;
  });
};
