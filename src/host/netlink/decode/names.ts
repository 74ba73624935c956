/** iproute2's names for numbers: its own tables, and those an administrator may extend in /etc/iproute2. */

/** Number → name, as the files rt_tables, rt_protos, rt_scopes, rt_realms, group say. */
export type NameTable = ReadonlyMap<number, string>;

export interface NameTables {
  readonly tables: NameTable;
  readonly protocols: NameTable;
  readonly scopes: NameTable;
  readonly realms: NameTable;
  readonly groups: NameTable;
  readonly dsfields: NameTable;
  /** uid → user name, for the owner of a tun link. */
  readonly users: NameTable;
  readonly userGroups: NameTable;
}

const table = (...pairs: readonly (readonly [number, string])[]): NameTable => new Map(pairs);

/** What iproute2 has compiled in: valid when there are no files. */
export const builtInNames: NameTables = {
  tables: table([255, 'local'], [254, 'main'], [253, 'default'], [0, 'unspec']),
  protocols: table(
    [0, 'unspec'],
    [1, 'redirect'],
    [2, 'kernel'],
    [3, 'boot'],
    [4, 'static'],
    [8, 'gated'],
    [9, 'ra'],
    [10, 'mrt'],
    [11, 'zebra'],
    [12, 'bird'],
    [13, 'dnrouted'],
    [14, 'xorp'],
    [15, 'ntk'],
    [16, 'dhcp'],
    [18, 'keepalived'],
    [42, 'babel'],
    [99, 'openr'],
    [186, 'bgp'],
    [187, 'isis'],
    [188, 'ospf'],
    [189, 'rip'],
    [192, 'eigrp'],
  ),
  scopes: table([0, 'global'], [200, 'site'], [253, 'link'], [254, 'host'], [255, 'nowhere']),
  realms: table([0, 'unknown'], [1, 'cosmos']),
  groups: table([0, 'default']),
  dsfields: table(),
  users: table(),
  userGroups: table(),
};

/** Lines `number name`; numbers may be hexadecimal. `#` begins a comment. */
export const parseNameTable = (text: string): NameTable => {
  const names = new Map<number, string>();
  for (const line of text.split('\n')) {
    const match = /^\s*(0x[0-9a-f]+|\d+)\s+(\S+)/i.exec(line);
    if (match?.[1] !== undefined && match[2] !== undefined) names.set(Number(match[1]), match[2]);
  }
  return names;
};

/** Later tables win, as later files do for iproute2. */
export const mergeNameTables = (...tables: readonly NameTable[]): NameTable =>
  new Map(tables.flatMap((one) => [...one]));

export const nameOf = (names: NameTable, number: number): string => names.get(number) ?? String(number);

/** ARPHRD_* of linux/if_arp.h in ll_types.c's words. */
const linkTypes: NameTable = table(
  [0, 'netrom'],
  [1, 'ether'],
  [2, 'eether'],
  [3, 'ax25'],
  [4, 'pronet'],
  [5, 'chaos'],
  [6, 'ieee802'],
  [7, 'arcnet'],
  [8, 'atalk'],
  [15, 'dlci'],
  [19, 'atm'],
  [23, 'metricom'],
  [24, 'ieee1394'],
  [27, 'eui64'],
  [32, 'infiniband'],
  [256, 'slip'],
  [257, 'cslip'],
  [258, 'slip6'],
  [259, 'cslip6'],
  [260, 'rsrvd'],
  [264, 'adapt'],
  [270, 'rose'],
  [271, 'x25'],
  [272, 'hwx25'],
  [280, 'can'],
  [290, 'mctp'],
  [512, 'ppp'],
  [513, 'hdlc'],
  [516, 'lapb'],
  [517, 'ddcmp'],
  [518, 'rawhdlc'],
  [519, 'rawip'],
  [768, 'ipip'],
  [769, 'tunnel6'],
  [770, 'frad'],
  [771, 'skip'],
  [772, 'loopback'],
  [773, 'ltalk'],
  [774, 'fddi'],
  [775, 'bif'],
  [776, 'sit'],
  [777, 'ip/ddp'],
  [778, 'gre'],
  [779, 'pimreg'],
  [780, 'hippi'],
  [781, 'ash'],
  [782, 'econet'],
  [783, 'irda'],
  [784, 'fcpp'],
  [785, 'fcal'],
  [786, 'fcpl'],
  [787, 'fcfb0'],
  [801, 'ieee802.11'],
  [802, 'ieee802.11/prism'],
  [803, 'ieee802.11/radiotap'],
  [804, 'ieee802.15.4'],
  [805, 'ieee802.15.4/monitor'],
  [820, 'phonet'],
  [821, 'phonet_pipe'],
  [822, 'caif'],
  [823, 'gre6'],
  [824, 'netlink'],
  [825, '6lowpan'],
  [826, 'vsockmon'],
  [0xfffe, 'none'],
  [0xffff, 'void'],
);

export const linkTypeName = (type: number): string => linkTypes.get(type) ?? `[${type}]`;

/** Ethernet protocol numbers that links name. */
export const etherTypeName = (type: number): string =>
  type === 0x8100 ? '802.1Q' : type === 0x88a8 ? '802.1ad' : `[${type}]`;
