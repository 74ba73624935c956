/** Open vSwitch: a switch of its own in the kernel; what it forwards never meets the host's rules. */
import { labelOf, type System } from './system.ts';

const ovs = labelOf('Open vSwitch');

export const openVswitchSystem: System = {
  name: 'open-vswitch',
  labelLink({ graph, link }) {
    const { ifname } = link.facts;
    if (link.ovsBridge !== undefined)
      return ovs(`bridge ${ifname} and the host's own port on it; what it forwards does not pass iptables`);
    if (link.facts.ifname === 'ovs-netdev' && link.kind === 'tun')
      return ovs('the switch in user space that its bridges share');
    if (link.kind === 'openvswitch') {
      if (ifname === 'ovs-system') return ovs('the switch in the kernel that all its bridges share');
      return ovs('bridge or internal port; what it forwards does not pass iptables');
    }
    const master = link.master === undefined ? undefined : graph.links.get(link.master);
    if (master?.kind === 'openvswitch') return undefined;
    if (/^(vxlan_sys_\d+|gre_sys|genev_sys_\d+)$/.test(ifname))
      return labelOf('Open vSwitch', 'likely')('tunnel end shared by all its tunnels of this kind');
    return undefined;
  },
};
