/** Calico: Felix' chains and comments, its links and the routes BIRD or Felix write. */
import { labelOf, type System } from './system.ts';

const calico = labelOf('Calico');

const chains: readonly (readonly [RegExp, string])[] = [
  [/^cali-INPUT$/, 'packets for this host, before anybody else'],
  [/^cali-FORWARD$/, 'packets that pass through, before anybody else'],
  [/^cali-OUTPUT$/, 'packets made on this host'],
  [/^cali-PREROUTING$/, 'packets that come in, before routing'],
  [/^cali-POSTROUTING$/, 'packets on their way out'],
  [/^cali-from-wl-dispatch/, 'finds the rules of the workload a packet comes from'],
  [/^cali-to-wl-dispatch/, 'finds the rules of the workload a packet goes to'],
  [/^cali-from-endpoint-mark/, 'finds the rules of the endpoint that is marked on the packet'],
  [/^cali-set-endpoint-mark/, 'marks packets with the endpoint they come from'],
  [/^cali-from-(host-endpoint|hep-forward)/, 'finds the rules of the host link a packet comes from'],
  [/^cali-to-(host-endpoint|hep-forward)/, 'finds the rules of the host link a packet goes to'],
  [/^cali-wl-to-host$/, 'decides what workloads may reach on this host'],
  [/^cali-tw-/, 'decides what may enter one workload'],
  [/^cali-fw-/, 'decides what may leave one workload'],
  [/^cali-th(fw)?-/, 'decides what may leave by one host link'],
  [/^cali-fh(fw)?-/, 'decides what may come in by one host link'],
  [/^cali-pi-/, 'what one policy lets in'],
  [/^cali-po-/, 'what one policy lets out'],
  [/^cali-pri-/, 'what one profile lets in'],
  [/^cali-pro-/, 'what one profile lets out'],
  [/^cali-rpf/, 'drops packets whose source is not reached by the link they came from'],
  [/^cali-nat-outgoing$/, 'gives workloads the address of this host where they leave the pool'],
  [/^cali-fip-dnat$/, 'floating addresses, on their way in'],
  [/^cali-fip-snat$/, 'floating addresses, on their way out'],
  [/^cali-cidr-block$/, 'drops packets for service addresses nobody has'],
  [/^cali-failsafe-/, 'ports of this host no policy can close'],
];

const purposeOf = (name: string): string | undefined =>
  /^cali-/.test(name)
    ? (chains.find(([pattern]) => pattern.test(name))?.[1] ?? 'a Calico chain of a kind not known here')
    : undefined;

const links: Readonly<Record<string, string>> = {
  tunl0: 'tunnel to the other hosts (IP in IP)',
  'vxlan.calico': 'tunnel to the other hosts (VXLAN)',
  'vxlan-v6.calico': 'tunnel to the other hosts (VXLAN, IPv6)',
  'wireguard.cali': 'encrypted tunnel to the other hosts (WireGuard)',
  'wg-v6.cali': 'encrypted tunnel to the other hosts (WireGuard, IPv6)',
  'bpfin.cali': "Calico's eBPF data path: rules here do not see its packets",
  'bpfout.cali': "Calico's eBPF data path: rules here do not see its packets",
};

export const calicoSystem: System = {
  name: 'calico',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'calico' ? calico("Calico's rules") : undefined;
  },
  labelChain({ table, chain }) {
    const purpose = purposeOf(chain.name) ?? purposeOf(chain.name.replace(/^(filter|nat|mangle|raw)-/, ''));
    if (purpose !== undefined) return calico(purpose);
    return table.backend === 'nft' && table.name === 'calico' ? calico('a Calico chain') : undefined;
  },
  labelRule({ chain, rule, words }) {
    const marked = rule.comments.some((comment) => /^cali:[\w-]{16}$/.test(comment));
    const purpose = purposeOf(words.target ?? '') ?? purposeOf(chain.name);
    if (!marked && purposeOf(chain.name) === undefined) return undefined;
    const said = rule.comments.find((comment) => !comment.startsWith('cali:'));
    return calico(said ?? purpose ?? 'a Calico rule');
  },
  labelLink({ link }) {
    const { ifname, address } = link.facts;
    // The kernel makes tunl0 in every netns once the module is there: without an address it is nobody's.
    if (ifname === 'tunl0' && link.addresses.length === 0) return undefined;
    if (/^cali[0-9a-f]{11}$/.test(ifname) && link.kind === 'veth')
      return labelOf(
        'Calico',
        address === 'ee:ee:ee:ee:ee:ee' ? 'certain' : 'likely',
      )('host end of a workload, routed without a bridge');
    const purpose = links[ifname];
    return purpose === undefined ? undefined : labelOf('Calico', ifname === 'tunl0' ? 'name only' : 'likely')(purpose);
  },
  labelRoute({ route }) {
    if (/^cali[0-9a-f]{11}$/.test(route.dev ?? ''))
      return labelOf('Calico', 'likely')('leads to one workload on this host');
    if (route.type === 'blackhole' && (route.protocol === 'bird' || route.protocol === '80'))
      return calico("this host's own block of addresses: what no workload has is dropped");
    return route.protocol === 'bird' ? labelOf('BIRD', 'certain')('learnt by BGP from another host') : undefined;
  },
};
