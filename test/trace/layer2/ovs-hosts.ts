/** Two hosts whose containers are plugged into Open vSwitch, with a tunnel between the switches: written out, for kernels without its datapath. */
import type { Netns } from '../../../src/model/netns.ts';
import type { OvsBridge, OvsInterface, OvsPort } from '../../../src/model/open-vswitch.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Mutable } from '../../diagnose/healthy-host.ts';
import { type HostDraft, type HostsChange, twoHosts } from '../../diagnose/two-hosts.ts';
import { makeLink } from '../../graph/make-snapshot.ts';

export const ovsPort = (
  one: Partial<OvsInterface> & { readonly name: string },
  more: Partial<OvsPort> = {},
): OvsPort => ({
  name: one.name,
  trunks: [],
  vlanMode: 'trunk',
  protected: false,
  interfaces: [{ type: 'system', options: {}, externalIds: {}, ...one }],
  ...more,
});

export const ovsBridge = (name: string, ports: readonly OvsPort[], more: Partial<OvsBridge> = {}): OvsBridge => ({
  name,
  datapath: 'system',
  controlled: false,
  stp: false,
  ports: [ovsPort({ name, type: 'internal' }), ...ports],
  flows: ['cookie=0x0, duration=1s, table=0, priority=0 actions=NORMAL'],
  ...more,
});

const rewrite = (netns: Mutable<Netns>, from: string, to: string): void => {
  Object.assign(netns, JSON.parse(JSON.stringify(netns).replaceAll(from, to)));
};

/** web1 is 10.50.0.12, web2 is 10.50.0.22, the hosts themselves .11 and .21; one network from end to end, on a bridge of that name. */
export const joinNetworks = ({ host, web }: HostDraft, n: number, bridge: string): void => {
  host.routes = host.routes!.filter((route) => route.protocol !== 'boot' || route.dst === 'default');
  for (const netns of [host, web]) {
    rewrite(netns, `10.244.${n}.`, `10.50.0.${n}`);
    rewrite(netns, `10.50.0.${n}0/24`, '10.50.0.0/24');
    rewrite(netns, 'docker0', bridge);
  }
};

const plug = (draft: HostDraft, n: number): void => {
  joinNetworks(draft, n, 'ovs0');
  Object.assign(draft.link('ovs0'), { linkinfo: { info_kind: 'openvswitch' } });
  Object.assign(draft.link('vethweb'), {
    master: 'ovs-system',
    linkinfo: { info_kind: 'veth', info_slave_kind: 'openvswitch' },
  });
  draft.host.links!.push(
    structuredClone(makeLink(9, 'ovs-system', { flags: [], linkinfo: { info_kind: 'openvswitch' } })) as never,
  );
};

export interface Switches {
  /** The tunnel port of each host; `false`: the host's own choice of bridges. */
  readonly tunnel: (n: 1 | 2) => Partial<OvsInterface>;
  readonly port?: (n: 1 | 2) => Partial<OvsPort>;
  readonly web?: (n: 1 | 2) => Partial<OvsPort>;
  readonly bridge?: (n: 1 | 2) => Partial<OvsBridge>;
}

export const ovsHosts = (
  { tunnel, port, web, bridge }: Switches,
  change: HostsChange = () => {},
): readonly Snapshot[] =>
  twoHosts('routes', (draft) => {
    plug(draft.a, 1);
    plug(draft.b, 2);
    change(draft);
  }).map((snapshot, at) => {
    const n = at === 0 ? 1 : 2;
    const ports = [ovsPort({ name: 'vethweb' }, web?.(n)), ovsPort({ name: 'tun0', ...tunnel(n) }, port?.(n))];
    return { ...snapshot, openVswitch: { bridges: [ovsBridge('ovs0', ports, bridge?.(n))] } };
  });

export const otherHost = (n: 1 | 2): string => `10.77.0.1${3 - n}`;
