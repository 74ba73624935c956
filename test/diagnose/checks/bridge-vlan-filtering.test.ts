/** bridge-vlan-filtering: what it finds, and what it must not be confused with. */
import { bridgeVlanFiltering } from '../../../src/diagnose/checks/bridge-vlan-filtering.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgeVlanFiltering, {
  finds: {
    'a port is in another VLAN than its bridge': (draft) => {
      draft.host.vlans = [
        { ifname: 'br-app', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethweb', vlans: [{ vlan: 7, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethdb', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
      ];
      draft.link(draft.host, 'br-app').linkinfo!.info_data = { vlan_filtering: 1 };
    },
  },
  ignores: {
    'VLAN filtering that is off': (draft) => {
      draft.host.vlans = [
        { ifname: 'br-app', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethweb', vlans: [{ vlan: 7, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethdb', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
      ];
    },
    'port and bridge in the same VLAN': (draft) => {
      draft.host.vlans = [
        { ifname: 'br-app', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethweb', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
        { ifname: 'vethdb', vlans: [{ vlan: 1, flags: ['PVID', 'Egress Untagged'] }] },
      ];
      draft.link(draft.host, 'br-app').linkinfo!.info_data = { vlan_filtering: 1 };
    },
    'VLANs of another bridge': (draft) => {
      draft.host.vlans = [{ ifname: 'br0', vlans: [{ vlan: 9, flags: ['PVID'] }] }];
      draft.link(draft.host, 'br-app').linkinfo!.info_data = { vlan_filtering: 1 };
    },
  },
});
