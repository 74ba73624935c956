/** tunnel-ends-disagree: what it finds between two hosts, and what it must not be confused with. */

import { expect, test } from 'vitest';
import { tunnelEndsDisagree } from '../../../src/diagnose/checks/tunnel-ends-disagree.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { otherHost, ovsHosts } from '../../trace/layer2/ovs-hosts.ts';
import { type HostDraft, testHostsCheck } from '../two-hosts.ts';

const setData = (draft: HostDraft, data: Readonly<Record<string, unknown>>): void => {
  Object.assign(draft.link('flannel.1').linkinfo!.info_data!, data);
};

testHostsCheck(tunnelEndsDisagree, {
  wiring: 'flannel',
  finds: {
    'another number on one host': ({ b }) => setData(b, { id: 2 }),
    'another port on one host': ({ b }) => setData(b, { port: 4789 }),
    'the link of one host is down': ({ b }) => {
      b.link('flannel.1').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
  ignores: {
    'the same other number on both hosts': ({ a, b }) => {
      setData(a, { id: 7 });
      setData(b, { id: 7 });
    },
    'a second overlay with a number of its own': ({ b }) => {
      const twin = structuredClone(b.link('flannel.1'));
      b.host.links!.push({ ...twin, ifindex: 9, ifname: 'vxlan9' });
      (b.host.links!.at(-1)!.linkinfo!.info_data as { id: number }).id = 9;
    },
    'an end that is not in the picture': ({ a }) => {
      a.host.fdb!.push({
        mac: '0e:fa:00:00:00:09',
        ifname: 'flannel.1',
        dst: '10.77.0.19',
        flags: ['self'],
        state: 'permanent',
      });
    },
  },
});

test.each<[string, (n: 1 | 2) => { readonly type: string; readonly options: Readonly<Record<string, string>> }]>([
  ['another GRE key', (n) => ({ type: 'gre', options: { remote_ip: otherHost(n), key: String(n) } })],
  ['another VNI', (n) => ({ type: 'vxlan', options: { remote_ip: otherHost(n), key: String(n) } })],
  [
    'another host as the other end',
    (n) => ({ type: 'vxlan', options: { remote_ip: n === 1 ? otherHost(n) : '10.77.0.19', key: '42' } }),
  ],
])('finds between two switches: %s', (_story, tunnel) => {
  const { findings } = diagnose(buildGraph(ovsHosts({ tunnel })));
  expect(findings[0]?.check).toBe('tunnel-ends-disagree');
  expect(findings[0]?.evidence.map(({ source }) => source)).toContain('ovs-vsctl show (node-b)');
  expect(JSON.stringify(findings[0])).not.toContain('#ovs:');
});
