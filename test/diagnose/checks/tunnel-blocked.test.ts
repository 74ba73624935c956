/** tunnel-blocked: what it finds between two hosts, and what it must not be confused with. */

import { describe, expect, test } from 'vitest';
import { tunnelBlocked } from '../../../src/diagnose/checks/tunnel-blocked.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { otherHost, ovsHosts } from '../../trace/layer2/ovs-hosts.ts';
import { flannelUdpHosts, weaveHosts } from '../../trace/tunnels/daemon-hosts.ts';
import { type HostsChange, testHostsCheck } from '../two-hosts.ts';

testHostsCheck(tunnelBlocked, {
  wiring: 'flannel',
  finds: {
    'INPUT of the other host drops the port': ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 8472 -j DROP'),
    'OUTPUT of the own host drops it': ({ a }) => a.rule('-A OUTPUT -p udp -m udp --dport 8472 -j REJECT'),
  },
  ignores: {
    'a rule for the port of another overlay': ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 4789 -j DROP'),
    'a port closed for others than the hosts': ({ b }) =>
      b.rule('-A INPUT ! -s 10.77.0.0/24 -p udp -m udp --dport 8472 -j DROP'),
    'another end that is not in the picture': ({ a }) => {
      a.host.fdb!.push({
        mac: '0e:fa:00:00:00:09',
        ifname: 'flannel.1',
        dst: '10.77.0.19',
        flags: ['self'],
        state: 'permanent',
      });
    },
    'what is dropped behind the tunnel': ({ b }) => b.rule('-A FORWARD -i flannel.1 -j DROP'),
    'a tunnel that is down': ({ a, b }) => {
      a.link('flannel.1').flags = [];
      b.rule('-A INPUT -p udp -m udp --dport 8472 -j DROP');
      b.host.fdb = [];
    },
  },
});

describe('tunnels of switches and programs', () => {
  const drop =
    (match: string): HostsChange =>
    ({ b }) =>
      b.rule(`-A INPUT ${match} -j DROP`);
  const ovs = (type: string) => (change: HostsChange) =>
    ovsHosts({ tunnel: (n) => ({ type, options: { remote_ip: otherHost(n), key: '42' } }) }, change);
  const fast = (change: HostsChange) => weaveHosts(['vethwe-datapath', 'vethwe-datapath'], change);
  const checksOf = (snapshots: readonly Snapshot[]) =>
    diagnose(buildGraph(snapshots)).findings.map(({ check, title }) => `${check}: ${title}`);

  test.each<[string, (change: HostsChange) => readonly Snapshot[], string]>([
    ['a VXLAN port of Open vSwitch', ovs('vxlan'), '-p udp -m udp --dport 4789'],
    ['a GRE port of Open vSwitch', ovs('gre'), '-p gre'],
    ['flannel’s udp backend', flannelUdpHosts, '-p udp -m udp --dport 8285'],
    ['Weave, both its ports', fast, '-p udp -m multiport --dports 6783,6784'],
  ])('%s: the rule of the other host that stops it is told first', (_system, hosts, match) => {
    expect(checksOf(hosts(drop(match)))[0]).toMatch(
      /^(tunnel-blocked: .* from node-a does not get into node-b|peer-port-blocked: node-b stops udp)/,
    );
    expect(checksOf(hosts(() => {})).filter((one) => !one.startsWith('hosts-subnet'))).toEqual([]);
  });

  test('a Weave router that goes over to sleeve is not cut off', () => {
    expect(
      checksOf(fast(drop('-p udp -m udp --dport 6784'))).filter((one) => one.startsWith('tunnel-blocked')),
    ).toEqual([]);
  });
});
