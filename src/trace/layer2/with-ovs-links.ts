/** Ports of Open vSwitch that are no links of the kernel: tunnels and patches, as links of a picture made for tracing (netdev-vport.c). */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import type { LinkId } from '../../model/ids.ts';
import type { LinkInfoData } from '../../model/link.ts';
import type { OvsBridge, OvsInterface, OvsPort } from '../../model/open-vswitch.ts';

/** Kinds of tunnels, as the kernel calls what speaks the same on the wire. */
const kinds: Readonly<Record<string, string>> = { vxlan: 'vxlan', geneve: 'geneve', gre: 'gretap' };
const ports: Readonly<Record<string, number>> = { vxlan: 4789, geneve: 6081 };

export const isOvsLink = ({ type }: OvsInterface): boolean => kinds[type] !== undefined || type === 'patch';

const mtu = 65_000;

const numberIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^(0x[0-9a-f]+|\d+)$/i.test(text) ? Number(text) : undefined;

/** Why a port's options do not say where its frames go. */
const doubtOf = ({ name, datapath }: OvsBridge, one: OvsInterface): string | undefined => {
  if (datapath === 'netdev')
    return `Open vSwitch bridge ${name} runs in user space: ${one.name} sends and receives past the kernel, by routes of its own (ovs-appctl ovs/route/show)`;
  const flow = Object.entries(one.options).find(([, value]) => value === 'flow')?.[0];
  return flow === undefined
    ? undefined
    : `flows of Open vSwitch bridge ${name} set ${flow} of ${one.name} for each packet (ovs-ofctl dump-flows ${name})`;
};

/** In the words of `ip -d link`. No key is key 0 for what always carries a number. */
const dataOf = (bridge: OvsBridge, one: OvsInterface): LinkInfoData => {
  const { options, type } = one;
  const key = numberIn(options['out_key'] ?? options['key']);
  const doubt = doubtOf(bridge, one);
  return {
    switch: bridge.name,
    ...(type === 'gre' ? (key === undefined ? {} : { okey: key, ikey: key }) : { id: key ?? 0 }),
    ...(type !== 'gre' && { port: numberIn(options['dst_port']) ?? ports[type] }),
    remote: options['remote_ip'],
    local: options['local_ip'],
    ttl: numberIn(options['ttl']) ?? 64,
    df: options['df_default'] === 'false' ? 'unset' : 'set',
    pmtudisc: options['df_default'] !== 'false',
    learning: false,
    ...(doubt !== undefined && { external: true, doubt }),
  };
};

const idOf = (bridge: LinkNode, name: string): LinkId => `${bridge.netns}#ovs:${name}` as LinkId;

const asLink = (bridge: LinkNode, port: OvsPort, one: OvsInterface): LinkNode => ({
  id: idOf(bridge, one.name),
  netns: bridge.netns,
  facts: {
    // No number of the kernel's: nothing is found by it.
    ifindex: -1,
    ifname: one.name,
    flags: ['UP', 'LOWER_UP'],
    mtu,
    operstate: 'UP',
    link_type: 'ether',
    linkinfo: { info_kind: kinds[one.type] ?? 'veth', info_data: dataOf(bridge.ovsBridge!, one) },
  },
  kind: kinds[one.type] ?? 'veth',
  addresses: [],
  state: one.error === undefined ? 'up' : 'down',
  master: bridge.id,
  bridgePort: { state: 'forwarding', hairpin: false, isolated: port.protected, learning: true, guard: false },
  ovsPort: port,
  ports: [],
  upperLinks: [],
});

interface Patch {
  readonly link: LinkNode;
  readonly to: string | undefined;
}

/** Both ends name each other, in bridges of one host. */
const joinPatches = (patches: readonly Patch[]): readonly LinkNode[] =>
  patches.map(({ link, to }) => {
    const other = patches.find(
      (one) => one.link.netns === link.netns && one.link.facts.ifname === to && one.to === link.facts.ifname,
    );
    return other === undefined
      ? { ...link, state: 'down', peer: { certainty: 'unknown', why: `patch port ${to ?? ''} is not there` } }
      : { ...link, peer: { certainty: 'exact', to: other.link.id } };
  });

const portsOf = (bridge: LinkNode): readonly { readonly link: LinkNode; readonly one: OvsInterface }[] =>
  (bridge.ovsBridge?.ports ?? []).flatMap((port) =>
    port.interfaces.filter(isOvsLink).map((one) => ({ link: asLink(bridge, port, one), one })),
  );

/** The same graph where there are none. */
export const withOvsLinks = (graph: Graph): Graph => {
  const bridges = [...graph.links.values()].filter(({ ovsBridge }) =>
    ovsBridge?.ports.some((port) => port.interfaces.some(isOvsLink)),
  );
  if (bridges.length === 0) return graph;
  const links = new Map(graph.links);
  const patches: Patch[] = [];
  for (const bridge of bridges) {
    const own = portsOf(bridge);
    links.set(bridge.id, { ...bridge, ports: [...bridge.ports, ...own.map(({ link }) => link.id)] });
    for (const { link, one } of own) {
      if (one.type === 'patch') patches.push({ link, to: one.options['peer'] });
      else links.set(link.id, link);
    }
  }
  for (const link of joinPatches(patches)) links.set(link.id, link);
  return { ...graph, links };
};
