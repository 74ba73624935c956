import { beforeAll, describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph, LinkNode } from '../../src/graph/graph.ts';
import type { OvsBridge } from '../../src/model/open-vswitch.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { labelLink } from '../../src/systems/labels.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import { loadRecording } from '../support/load-recording.ts';

let snapshot: Snapshot;
let graph: Graph;
beforeAll(async () => {
  snapshot = await loadRecording('open-vswitch');
  graph = buildGraph([snapshot]);
});

const link = (ifname: string, within = graph): LinkNode =>
  [...within.links.values()].find((one) => one.facts.ifname === ifname && within.netns.get(one.netns)?.facts.isHost)!;
const portOf = (container: string): LinkNode => {
  const node = [...graph.containers.values()].find((one) => one.facts.name === container);
  const inner = node?.links.map((id) => graph.links.get(id)).find((one) => one?.facts.ifname === 'eth1');
  return graph.links.get(inner?.peer?.certainty === 'exact' ? inner.peer.to : ('' as LinkNode['id']))!;
};
const outcome = (from: string, to: string, within = graph) => {
  const trace = tracePacket(within, { from, to });
  return 'error' in trace ? trace.error : `${trace.outcome}: ${trace.explanation}`;
};
/** The same host with its bridge described otherwise. */
const withBridge = (change: (bridge: OvsBridge) => OvsBridge): Graph =>
  buildGraph([{ ...snapshot, openVswitch: { bridges: (snapshot.openVswitch?.bridges ?? []).map(change) } }]);

describe('a bridge of Open vSwitch', () => {
  test('has the ports its database names, though the kernel knows no master of them', () => {
    const bridge = link('ovs0');
    expect(bridge.ports.map((id) => graph.links.get(id)?.id).toSorted()).toEqual(
      ['aa', 'bb', 'cc'].map((name) => portOf(name).id).toSorted(),
    );
    expect(portOf('aa')).toMatchObject({ master: bridge.id, ovsPort: { vlanMode: 'trunk' } });
    expect(portOf('aa').facts.master).toBeUndefined();
    expect(portOf('cc')).toMatchObject({ ovsPort: { tag: 200, vlanMode: 'access' } });
    expect(labelLink(graph, bridge.id)?.madeBy).toBe('Open vSwitch');
  });

  test('joins ports of one VLAN and the host, as real pings did', () => {
    expect(outcome('aa', 'bb')).toMatch(/^delivered/);
    expect(outcome('aa', '192.168.50.254')).toMatch(/^delivered/);
    expect(outcome('host', '192.168.50.11')).toMatch(/^delivered/);
  });

  test('keeps VLANs apart, unless somebody beyond a tunnel may answer', () => {
    expect(outcome('aa', 'cc')).toMatch(/^no-neighbour/);
    const closed = withBridge((bridge) => ({ ...bridge, ports: bridge.ports.filter(({ name }) => name !== 'vx0') }));
    expect(outcome('aa', 'cc', closed)).toMatch(/^no-neighbour/);
    const together = withBridge((bridge) => ({
      ...bridge,
      ports: bridge.ports.map((port) => ({ ...port, tag: 200, vlanMode: 'access' })),
    }));
    expect(outcome('aa', 'cc', together)).toMatch(/^delivered/);
  });

  test.each([
    [
      'drops by a flow of somebody',
      { flows: ['priority=10,ip actions=drop', 'priority=0 actions=NORMAL'] },
      /priority=10,ip actions=drop/,
    ],
    ['has an empty table', { flows: [] }, /is empty/],
    ['runs spanning tree', { stp: true }, /spanning tree/],
  ])('that %s is not guessed about', (_, more, reason) => {
    const told = outcome(
      'aa',
      'bb',
      withBridge((bridge) => ({ ...bridge, ...more })),
    );
    expect(told).toMatch(/^unknown/);
    expect(told).toMatch(reason);
  });

  test('whose flows were not read is not guessed about', () => {
    const unread = withBridge(({ flows: _, ...bridge }) => bridge);
    expect(outcome('aa', 'bb', unread)).toMatch(/^unknown: .*was not read/);
  });
});
