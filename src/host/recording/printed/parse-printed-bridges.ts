/** What `bridge fdb`, `bridge vlan`, `bridge link` and `brctl show` print for people → what `bridge -j` prints. */
import { as, type Fact, linesOf, listed, mark, takeWords, toValue, wordsOf } from './take-words.ts';

const fdbFlags = ['self', 'extern_learn', 'offload', 'sticky', 'locked', 'router'];

const ofEntry = {
  dev: as('ifname'),
  vlan: as('vlan', toValue),
  dst: as('dst'),
  port: as('port', toValue),
  vni: as('vni', toValue),
  src_vni: as('src_vni', toValue),
  via: as('viaIf'),
  master: as('master'),
  ...Object.fromEntries(fdbFlags.map((flag) => [flag, listed('flags', flag)])),
  ...Object.fromEntries(['permanent', 'static', 'stale'].map((state) => [state, mark('state', state)])),
};

export const parsePrintedFdb = (text: string): readonly Fact[] =>
  linesOf(text).flatMap((line) => {
    const [mac = '', ...words] = wordsOf(line);
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) return [];
    const entry: Fact = { mac, flags: [], state: '' };
    takeWords(words, entry, ofEntry);
    return entry['ifname'] === undefined ? [] : [entry];
  });

const vlanFlags = ['PVID', 'Egress Untagged'];

/** A port's name stands before its first VLAN only. */
export const parsePrintedVlans = (text: string): readonly Fact[] => {
  const ports: { readonly ifname: string; readonly vlans: Fact[] }[] = [];
  for (const line of linesOf(text)) {
    const [, ifname = '', first, last, rest = ''] = /^(\S*)\s+(\d+)(?:-(\d+))?\b(.*)$/.exec(line) ?? [];
    if (first === undefined) continue;
    if (ifname !== '') ports.push({ ifname, vlans: [] });
    const flags = vlanFlags.filter((flag) => rest.includes(flag));
    ports.at(-1)?.vlans.push({
      vlan: Number(first),
      ...(last === undefined ? {} : { vlanEnd: Number(last) }),
      ...(flags.length === 0 ? {} : { flags }),
    });
  }
  return ports;
};

const onOff = ['hairpin', 'guard', 'root_block', 'fastleave', 'learning', 'flood', 'mcast_flood', 'isolated', 'locked'];
const ofPort = {
  mtu: as('mtu', toValue),
  master: as('master'),
  state: as('state'),
  priority: as('priority', toValue),
  cost: as('cost', toValue),
  ...Object.fromEntries(onOff.map((name) => [name, as(name, toValue)])),
};

/** `4: veth0@veth1: <UP> mtu 1500 master br0 state forwarding priority 32 cost 2`; with -d more on the next line. */
export const parsePrintedPorts = (text: string): readonly Fact[] => {
  const ports: Fact[] = [];
  for (const line of linesOf(text)) {
    const [, ifindex, name = '', rest = ''] = /^(\d+):\s+([^:\s]+?)(?:@\S+)?:?\s+(?:<[^>]*>)?(.*)$/.exec(line) ?? [];
    if (ifindex !== undefined) ports.push({ ifindex: Number(ifindex), ifname: name });
    const port = ports.at(-1);
    if (port !== undefined) takeWords(wordsOf(ifindex === undefined ? line : rest), port, ofPort);
  }
  return ports.filter((port) => port['master'] !== undefined);
};

/** `bridge name  bridge id  STP enabled  interfaces`: more ports of the same bridge stand alone on their lines. */
export const parseBrctl = (text: string): readonly Fact[] => {
  let bridge = '';
  return linesOf(text).flatMap((line) => {
    const [, name, port] = /^(\S+)\s+[0-9a-f]{4}\.[0-9a-f]{12}\s+(?:yes|no)\s*(\S*)/.exec(line) ?? [];
    bridge = name ?? bridge;
    const ifname = name === undefined ? /^\s+(\S+)\s*$/.exec(line)?.[1] : port;
    if (name !== undefined && !ifname) return [{ master: bridge }];
    return ifname === undefined || bridge === '' ? [] : [{ master: bridge, ifname }];
  });
};
