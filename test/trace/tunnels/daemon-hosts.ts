/** Two hosts between which a program carries the packets: flannel's udp backend, Weave with its sleeve or its fast datapath. */
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { makeRoute, makeSocket, sysctlsFor } from '../../diagnose/healthy-host.ts';
import { type HostDraft, type HostsChange, twoHosts } from '../../diagnose/two-hosts.ts';
import { ipv4, makeLink, makePort, makeVeth } from '../../graph/make-snapshot.ts';
import { joinNetworks } from '../layer2/ovs-hosts.ts';

const add = (draft: HostDraft, ...links: readonly object[]): void => {
  draft.host.links!.push(...(structuredClone(links) as never[]));
};

const flannelled = (draft: HostDraft, n: number): void => {
  const { host } = draft;
  add(
    draft,
    makeLink(6, 'flannel0', {
      flags: ['POINTOPOINT', 'MULTICAST', 'NOARP', 'UP', 'LOWER_UP'],
      mtu: 1472,
      link_type: 'none',
      linkinfo: { info_kind: 'tun', info_data: { type: 'tun' } },
    }),
  );
  host.addresses!.push({ ifindex: 6, ifname: 'flannel0', addr_info: [ipv4(`10.244.${n}.0`, 16)] } as never);
  host.routes = host.routes!.filter((route) => route.protocol !== 'boot' || route.dst === 'default');
  host.routes.push(
    makeRoute('10.244.0.0/16', 'flannel0', { prefsrc: `10.244.${n}.0` }),
    makeRoute(`10.244.${n}.0`, 'flannel0', { type: 'local', table: 'local', scope: 'host', prefsrc: `10.244.${n}.0` }),
  );
  Object.assign(host.sysctls!, sysctlsFor(['flannel0']));
  host.sockets = [makeSocket('udp', `10.77.0.1${n}`, 8285, 'flanneld')] as never;
};

export const flannelUdpHosts = (change: HostsChange = () => {}): readonly Snapshot[] =>
  twoHosts('routes', (draft) => {
    flannelled(draft.a, 1);
    flannelled(draft.b, 2);
    change(draft);
  });

export type WeaveWay = 'vethwe-pcap' | 'vethwe-datapath';

const woven = (draft: HostDraft, n: number, way: WeaveWay): void => {
  joinNetworks(draft, n, 'weave');
  const { linkinfo, ...port } = makePort(6, 'vethwe-bridge', 0, 0, 'weave', { address: `02:66:00:00:01:0${n}` });
  const near = { mtu: 1376, link: way, link_index: undefined, link_netnsid: undefined };
  add(
    draft,
    { ...port, ...near, linkinfo },
    { ...makeVeth(7, way, 0, 0, { address: `02:66:00:00:02:0${n}` }), ...near, link: 'vethwe-bridge' },
  );
  Object.assign(draft.host.sysctls!, sysctlsFor(['vethwe-bridge', way]));
  draft.host.sockets = [
    makeSocket('udp', '0.0.0.0', 6783, 'weaver'),
    makeSocket('tcp', '0.0.0.0', 6783, 'weaver'),
  ] as never;
};

export const weaveHosts = (ways: readonly [WeaveWay, WeaveWay], change: HostsChange = () => {}): readonly Snapshot[] =>
  twoHosts('routes', (draft) => {
    woven(draft.a, 1, ways[0]);
    woven(draft.b, 2, ways[1]);
    change(draft);
  });
