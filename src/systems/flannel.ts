/** flannel in all its eras and backends. */
import type { LinkNode, NetnsNode } from '../graph/graph.ts';
import type { Table } from '../model/ruleset.ts';
import { carrierPorts, describeCarrier, findCarrier } from './carrier.ts';
import type { RuleWords } from './rule-words.ts';
import { type Label, labelOf, type System } from './system.ts';

const flannel = labelOf('flannel');

const chains: Readonly<Record<string, string>> = {
  FLANNEL: 'gives containers the address of this host where they leave the flannel network (until 0.5.5)',
  'FLANNEL-POSTRTG': 'gives containers the address of this host where they leave the flannel network',
  'FLANNEL-FWD': 'lets packets of the flannel network pass through',
  forward: 'lets packets of the flannel network pass through',
  postrtg: 'gives containers the address of this host where they leave the flannel network',
};

const isNative = (name: string) => /^flannel-ipv[46]$/.test(name);

/** The number and port flannel uses unless told otherwise: VNI 1 on 8472, where others use 4789. */
function labelVxlan(link: LinkNode): Label {
  const data = link.facts.linkinfo?.info_data ?? {};
  const usual = data['port'] === 8472 && data['learning'] === false;
  return labelOf(
    'flannel',
    usual ? 'certain' : 'likely',
  )(`tunnel to the other hosts of the flannel network (VXLAN ${String(data['id'] ?? '')})`.replace(' ()', ''));
}

/** udp backend: flanneld itself holds the tun. */
function labelTun(netns: NetnsNode): Label {
  const through = describeCarrier(findCarrier(netns, 'flanneld', carrierPorts.flannel));
  return through === undefined
    ? labelOf('flannel', 'likely')('tunnel to the other hosts, through flanneld itself (udp backend)')
    : flannel(`tunnel to the other hosts, through flanneld itself (${through})`);
}

const devices: Readonly<Record<string, string>> = {
  'flannel.ipip': 'tunnel to the other hosts (IP in IP)',
  'flannel-wg': 'encrypted tunnel to the other hosts (WireGuard)',
  'flannel-wg-v6': 'encrypted tunnel to the other hosts (WireGuard, IPv6)',
};

/**
 * 0.6 to 0.19 wrote bare rules into POSTROUTING: keep addresses within the network, hide them outside it, hide outsiders within it.
 * Only the three together for one prefix tell flannel from an operator's own masquerading.
 */
function labelUnsigned(table: Table, chain: string, words: RuleWords): Label | undefined {
  if (table.backend === 'nft' || table.name !== 'nat' || chain !== 'POSTROUTING') return undefined;
  const network = (words.src?.not === false ? words.src.value : words.dst?.value) ?? '';
  const texts = (table.chains.get(chain)?.rules ?? []).map((rule) => rule.text);
  const has = (part: string) => texts.some((text) => text.includes(part));
  const together =
    network !== '' &&
    has(`-s ${network} -d ${network} -j RETURN`) &&
    has(`-s ${network} ! -d 224.0.0.0/4 -j MASQUERADE`) &&
    has(`! -s ${network} -d ${network} -j MASQUERADE`);
  if (!together) return undefined;
  const likely = labelOf('flannel', 'likely');
  if (words.target === 'RETURN') return likely('leaves packets within the flannel network their own address');
  return words.target === 'MASQUERADE'
    ? likely('hides packets behind this host where they leave or enter the flannel network')
    : undefined;
}

export const flannelSystem: System = {
  name: 'flannel',
  labelTable({ table }) {
    return table.backend === 'nft' && isNative(table.name) ? flannel("flannel's rules") : undefined;
  },
  labelChain({ table, chain }) {
    const native = table.backend === 'nft' && isNative(table.name);
    if (!native && !/^FLANNEL/.test(chain.name)) return undefined;
    const purpose = chains[chain.name];
    return purpose === undefined ? undefined : flannel(purpose);
  },
  labelRule({ table, chain, words, rule }) {
    const native = table.backend === 'nft' && isNative(table.name);
    const commented = rule.comments.some((comment) => /^flanneld[ _](masq|forward)$/.test(comment));
    const unsigned = labelUnsigned(table, chain.name, words);
    if (unsigned !== undefined) return unsigned;
    if (!native && !commented && !/^FLANNEL/.test(chain.name) && !/^FLANNEL/.test(words.target ?? '')) return undefined;
    if (words.target === 'MASQUERADE')
      return flannel(
        `hides ${words.src?.not === true ? 'packets from outside' : (words.src?.value ?? 'packets')} behind this host`,
      );
    if (words.target === 'RETURN') return flannel('leaves packets within the flannel network their own address');
    if (words.target === 'ACCEPT')
      return flannel(
        `lets packets ${words.src === undefined ? 'to' : 'from'} ${(words.src ?? words.dst)?.value ?? 'the flannel network'} pass`,
      );
    return flannel(chains[words.target ?? ''] ?? 'a flannel rule');
  },
  labelLink({ link, netns }) {
    const { ifname } = link.facts;
    if (link.kind === 'tun' && /^flannel\d+$/.test(ifname)) return labelTun(netns);
    if (/^flannel[.-](v6\.)?\d+$/.test(ifname) && link.kind === 'vxlan') return labelVxlan(link);
    if (/^flannel\.\d+$/.test(ifname) && link.kind === 'unknown')
      return labelOf('flannel', 'name only')('tunnel to the other hosts of the flannel network');
    const purpose = devices[ifname];
    return purpose === undefined
      ? undefined
      : labelOf('flannel', link.kind === 'ipip' || link.kind === 'wireguard' ? 'likely' : 'name only')(purpose);
  },
  labelRoute({ route }) {
    const dev = route.dev ?? '';
    return /^flannel/.test(dev)
      ? labelOf('flannel', 'likely')(`leads to the containers of another host through ${dev}`)
      : undefined;
  },
};
