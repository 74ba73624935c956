/** Packets that a program carries from host to host: flanneld over its tun, a Weave router over what it captures or its fast datapath. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { makeSocket } from '../../diagnose/healthy-host.ts';
import { flannelUdpHosts, type WeaveWay, weaveHosts } from './daemon-hosts.ts';

const ask = (snapshots: readonly Snapshot[], to = 'web2:80'): Trace => {
  const answer = tracePacket(buildGraph(snapshots), { from: 'web1', to });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

const texts = ({ request }: Trace): readonly string[] =>
  request.hops.flatMap((hop) => hop.steps.map((step) => step.text));

describe('flannel’s udp backend', () => {
  test('hands the packet to flanneld, which sends it to the host whose lease has the address', () => {
    const found = ask(flannelUdpHosts());
    expect(found.explanation).toContain('is delivered');
    expect(texts(found)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(
          /^flannel0 hands it to flanneld \(pid \d+\), which sends it in flannel's UDP for 10\.77\.0\.12 udp 8285$/,
        ),
        'sends 10.77.0.11:* → 10.77.0.12:8285 udp',
        expect.stringMatching(/^flanneld \(pid \d+\) takes it out of flannel's UDP and puts it into flannel0$/),
      ]),
    );
    expect(found.followUp?.outcome).toBe('delivered');
  });

  test('a closed port of the other host drops it', () => {
    const found = ask(flannelUdpHosts(({ b }) => b.rule('-A INPUT -p udp -m udp --dport 8285 -j DROP')));
    expect(found.outcome).toBe('dropped');
    expect(found.decidedBy?.evidence.rule?.rule).toContain('8285');
  });

  test('where flanneld does not run, nothing is carried', () => {
    const here = ask(flannelUdpHosts(({ a }) => Object.assign(a.host, { sockets: [] })));
    expect(here.outcome).toBe('dropped');
    expect(here.explanation).toContain('flanneld does not run: nobody has udp 8285 open on node-a');
    const there = ask(flannelUdpHosts(({ b }) => Object.assign(b.host, { sockets: [] })));
    expect(there.outcome).toBe('dropped');
    expect(there.explanation).toContain('nobody has udp 8285 open on node-b');
  });

  test('an address in nobody’s lease, or in two, leaves it open', () => {
    expect(ask(flannelUdpHosts(), '10.244.9.9').explanation).toContain(
      'carries it by udp 8285 to the host whose lease has 10.244.9.9; no such host is in the picture',
    );
    const [only] = flannelUdpHosts();
    expect(ask([only!], '10.244.2.2').outcome).toBe('unknown');
  });

  test('a flanneld that listens everywhere is reached by the address its host has on the wire', () => {
    const found = ask(
      flannelUdpHosts(({ b }) => Object.assign(b.host, { sockets: [makeSocket('udp', '0.0.0.0', 8285, 'flanneld')] })),
    );
    expect(found.outcome).toBe('delivered');
  });
});

describe('Weave', () => {
  const sleeve: readonly [WeaveWay, WeaveWay] = ['vethwe-pcap', 'vethwe-pcap'];
  const fast: readonly [WeaveWay, WeaveWay] = ['vethwe-datapath', 'vethwe-datapath'];

  test.each<[string, readonly [WeaveWay, WeaveWay], number]>([
    ['sleeve', sleeve, 6783],
    ['the fast datapath', fast, 6784],
    ['a fast host and one with sleeve alone', ['vethwe-datapath', 'vethwe-pcap'], 6783],
  ])('%s carries frames to the router behind which the MAC is', (_way, ways, port) => {
    const found = ask(weaveHosts(ways));
    expect(found.explanation).toContain('is delivered');
    expect(texts(found)).toContain(`sends 10.77.0.11:* → 10.77.0.12:${port} udp`);
    expect(found.followUp?.outcome).toBe('delivered');
  });

  test('a closed 6784 makes routers go over to sleeve', () => {
    const found = ask(weaveHosts(fast, ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 6784 -j DROP')));
    expect(found.outcome).toBe('delivered');
    expect(texts(found)).toContain('sends 10.77.0.11:* → 10.77.0.12:6783 udp');
  });

  test('with both closed nothing gets through, and a rule is to blame', () => {
    const found = ask(weaveHosts(fast, ({ b }) => b.rule('-A INPUT -p udp -m multiport --dports 6783,6784 -j DROP')));
    expect(found.outcome).toBe('dropped');
    expect(found.decidedBy?.evidence.rule?.rule).toContain('6783,6784');
  });

  test('frames are lost where the router does not run', () => {
    const found = ask(weaveHosts(sleeve, ({ a }) => Object.assign(a.host, { sockets: [] })));
    expect(found.outcome).toBe('dropped');
    expect(found.explanation).toContain('weaver does not run: nobody has udp 6783 open on node-a');
  });

  test('with one host it is carried to where nobody sees', () => {
    const [only] = weaveHosts(sleeve);
    const found = ask([only!], '10.50.0.22:80');
    expect(found.outcome).toBe('unknown');
    expect(found.explanation).toContain('carries it by udp 6783');
  });
});
