/** Weave Net: its bridge, its fast datapath and its policy controller. */
import { carrierPorts, describeCarrier, findCarrier } from './carrier.ts';
import { labelOf, type System } from './system.ts';

const weave = labelOf('Weave Net');

const chains: Readonly<Record<string, string>> = {
  WEAVE: 'gives containers the address of this host where they leave the Weave network',
  'WEAVE-EXPOSE': 'lets packets into the Weave network (weave expose)',
  'WEAVE-NPC': 'decides by network policy what may enter containers',
  'WEAVE-NPC-DEFAULT': 'lets everything into containers of namespaces without a policy',
  'WEAVE-NPC-INGRESS': 'lets in what network policies allow',
  'WEAVE-NPC-EGRESS': 'decides by network policy what may leave containers',
  'WEAVE-NPC-EGRESS-DEFAULT': 'lets everything out of containers of namespaces without a policy',
  'WEAVE-NPC-EGRESS-CUSTOM': 'lets out what network policies allow',
  'WEAVE-NPC-EGRESS-ACCEPT': 'marks packets that may leave',
};

const links: Readonly<Record<string, string>> = {
  weave: 'bridge of the Weave network',
  datapath: 'fast datapath of Weave (Open vSwitch in the kernel)',
  'vethwe-bridge': 'ties the bridge to the fast datapath, bridge side',
  'vethwe-datapath': 'ties the bridge to the fast datapath, datapath side',
  'vethwe-pcap': "ties the bridge to the router's own capture",
  'vxlan-6784': 'tunnel to the other hosts of the Weave network',
};

/** Between the bridge and whoever carries its frames to other hosts. */
const carries = new Set(['vethwe-bridge', 'vethwe-datapath', 'vethwe-pcap']);

const kinds = new Set(['bridge', 'openvswitch', 'veth', 'vxlan']);

export const weaveSystem: System = {
  name: 'weave',
  labelChain({ chain }) {
    if (!/^WEAVE(-|$)/.test(chain.name)) return undefined;
    return weave(
      chains[chain.name] ??
        (/^WEAVE-IPSEC/.test(chain.name)
          ? 'keeps Weave packets encrypted between hosts'
          : 'a Weave chain of a kind not known here'),
    );
  },
  labelRule({ chain, words, rule, table }) {
    const present = [...table.chains.keys()].some((name) => /^WEAVE(-|$)/.test(name));
    if (words.target !== undefined && /^WEAVE(-|$)/.test(words.target))
      return weave(chains[words.target] ?? 'goes to a Weave chain');
    if (/^WEAVE(-|$)/.test(chain.name)) return weave(chains[chain.name] ?? 'a Weave rule');
    if (!present) return undefined;
    if (words.in?.value === 'docker0' && words.out?.value === 'weave')
      return weave('keeps Docker containers out of the Weave network');
    if (words.in?.value === 'docker0' && (words.dport?.value === '6783' || words.dport?.value === '6784'))
      return weave("keeps Docker containers away from Weave's own ports");
    if (words.in?.value === 'docker0' && words.dport?.value === '53')
      return labelOf('Weave Net', 'likely')("lets Docker containers ask Weave's name server");
    if (rule.comments.some((comment) => /Weave Net control port/.test(comment)))
      return weave("keeps others away from Weave's control port");
    if (words.in?.value === 'weave' || words.out?.value === 'weave')
      return weave(
        words.target === 'DROP'
          ? 'drops what no policy let into the Weave network'
          : 'lets packets of the Weave network pass',
      );
    return undefined;
  },
  labelLink({ link, netns }) {
    const { ifname } = link.facts;
    if (/^vethwepl/.test(ifname)) return labelOf('Weave Net', 'likely')("host end of a container's ethwe");
    const purpose = links[ifname];
    if (purpose === undefined || !kinds.has(link.kind)) return undefined;
    const router = describeCarrier(findCarrier(netns, 'weaver', carrierPorts.sleeve));
    if (router !== undefined)
      return weave(carries.has(ifname) ? `${purpose}; ${router}, carries frames to other hosts` : purpose);
    return labelOf('Weave Net', ifname === 'datapath' || ifname === 'weave' ? 'name only' : 'likely')(purpose);
  },
};
