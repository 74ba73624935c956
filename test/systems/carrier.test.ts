/** Links whose packets a program carries to other hosts, told by the socket of that program. */
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { labelLink } from '../../src/systems/labels.ts';
import { flannelUdpHosts, weaveHosts } from '../trace/tunnels/daemon-hosts.ts';

const said = (snapshots: readonly Snapshot[], ifname: string): string => {
  const graph = buildGraph(snapshots);
  const link = [...graph.links.values()].find((one) => one.facts.ifname === ifname)!;
  const label = labelLink(graph, link.id);
  return `${label?.madeBy} (${label?.certainty}): ${label?.purpose}`;
};

test('flannel0 is flannel’s for certain while flanneld has its port open', () => {
  expect(said(flannelUdpHosts(), 'flannel0')).toMatch(
    /^flannel \(certain\): tunnel to the other hosts, through flanneld itself \(flanneld \(pid \d+\), udp 8285\)$/,
  );
  const gone = flannelUdpHosts(({ a }) => Object.assign(a.host, { sockets: [] }));
  expect(said(gone, 'flannel0')).toBe(
    'flannel (likely): tunnel to the other hosts, through flanneld itself (udp backend)',
  );
});

test('a running router makes Weave’s links certain, and names who carries their frames', () => {
  const hosts = weaveHosts(['vethwe-pcap', 'vethwe-pcap']);
  expect(said(hosts, 'weave')).toBe('Weave Net (certain): bridge of the Weave network');
  expect(said(hosts, 'vethwe-pcap')).toMatch(
    /^Weave Net \(certain\): ties the bridge to the router's own capture; weaver \(pid \d+\), udp 6783, carries frames to other hosts$/,
  );
  const gone = weaveHosts(['vethwe-pcap', 'vethwe-pcap'], ({ a }) => Object.assign(a.host, { sockets: [] }));
  expect(said(gone, 'weave')).toBe('Weave Net (name only): bridge of the Weave network');
});
