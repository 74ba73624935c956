/** Cilium: most of it decides in eBPF, where no rule shows; what it leaves in netfilter and among links. */
import { labelOf, type System } from './system.ts';

const cilium = labelOf('Cilium');

const links: Readonly<Record<string, string>> = {
  cilium_host: "this host's own end towards workloads; eBPF programs decide there",
  cilium_net: 'other end of cilium_host',
  cilium_vxlan: 'tunnel to the other hosts (VXLAN)',
  cilium_geneve: 'tunnel to the other hosts (Geneve)',
  cilium_wg0: 'encrypted tunnel to the other hosts (WireGuard)',
  lxc_health: "host end of Cilium's own health endpoint",
};

export const ciliumSystem: System = {
  name: 'cilium',
  labelChain({ chain }) {
    return /^(OLD_)?CILIUM_/.test(chain.name)
      ? cilium('what Cilium needs from netfilter beside its eBPF programs')
      : undefined;
  },
  labelRule({ chain, rule, words }) {
    const said = rule.comments.find((comment) => /^cilium/.test(comment));
    if (said === undefined && !/^(OLD_)?CILIUM_/.test(chain.name) && !/^(OLD_)?CILIUM_/.test(words.target ?? ''))
      return undefined;
    return cilium(said ?? 'a Cilium rule');
  },
  labelLink({ link }) {
    const { ifname } = link.facts;
    const purpose = links[ifname];
    if (purpose !== undefined) return labelOf('Cilium', 'likely')(purpose);
    return /^lxc[0-9a-f]{12}$/.test(ifname) && (link.kind === 'veth' || link.kind === 'netkit')
      ? labelOf('Cilium', 'likely')('host end of a workload; eBPF programs decide there')
      : undefined;
  },
};
