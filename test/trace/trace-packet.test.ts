import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { TraceQuestion } from '../../src/session.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import { containerHost } from '../oracle/container-host.ts';

const hostWith = (change: (host: Netns) => Netns, containers = 3): Graph => {
  const snapshot = containerHost(containers);
  const [host, ...others] = snapshot.netns;
  return buildGraph([{ ...snapshot, netns: [change(host!), ...others] }]);
};
const plain = hostWith((host) => host);

const ask = (graph: Graph, question: TraceQuestion): Trace => {
  const trace = tracePacket(graph, question);
  if ('error' in trace) throw new Error(trace.error);
  return trace;
};

const withRules = (lines: readonly string[]) =>
  hostWith((host) => ({
    ...host,
    ruleset: {
      ...host.ruleset!,
      iptablesNft: host.ruleset!.iptablesNft!.replace(
        '-A FORWARD -j DOCKER-USER',
        `${lines.join('\n')}\n-A FORWARD -j DOCKER-USER`,
      ),
    },
  }));

describe('a trace tells the way step by step', () => {
  test('each hop is a place, and each step shows the packet after it', () => {
    const trace = ask(plain, { from: 'c0', to: 'c1:80' });
    expect(trace.outcome).toBe('delivered');
    expect(trace.request.hops.map((hop) => hop.at)).toEqual(['c0', 'docker0', 'host FORWARD', 'host', 'c1']);
    const steps = trace.request.hops.flatMap((hop) => hop.steps);
    expect(steps[0]?.packet).toMatchObject({ src: '172.17.0.2', dst: '172.17.0.3', dport: 80 });
    expect(steps.at(-1)?.kind).toBe('socket');
    expect(trace.reply?.outcome).toBe('delivered');
    expect(trace.decidedBy).toBeUndefined();
  });

  test('the deciding rule is named with table, chain, position and text', () => {
    const trace = ask(withRules(['-A FORWARD -d 172.17.0.3/32 -p tcp -j DROP']), { from: 'c0', to: 'c1:80' });
    expect(trace.outcome).toBe('dropped');
    expect(trace.decidedBy?.evidence.rule).toMatchObject({
      family: 'ip',
      table: 'filter',
      chain: 'FORWARD',
      index: 1,
      rule: '-A FORWARD -d 172.17.0.3/32 -p tcp -j DROP',
    });
    const at = trace.request.decidedBy!;
    expect(trace.request.hops[at.hop]?.steps[at.step]).toEqual(trace.decidedBy);
    expect(trace.explanation).toContain('is dropped at host FORWARD by filter FORWARD rule 1');
  });

  test('a published port is translated, and the answer is translated back', () => {
    const trace = ask(plain, { from: '10.77.0.1', to: 'host:10001' });
    expect(trace.outcome).toBe('delivered');
    expect(trace.listener?.text).toContain('pid 1001');
    const nat = trace.request.hops.flatMap((hop) => hop.steps).filter((step) => step.kind === 'nat');
    expect(nat.map((step) => step.text)).toEqual(['destination 10.77.0.11:10001 becomes 172.17.0.3:80']);
  });

  test('nobody listening is told apart from nobody there', () => {
    expect(ask(plain, { from: 'c0', to: 'c1:81' }).outcome).toBe('no-listener');
    expect(ask(plain, { from: 'c0', to: '172.17.0.99:80' }).outcome).toBe('no-neighbour');
  });

  test('an answer that is dropped is the outcome, though the request arrived', () => {
    const trace = ask(withRules(['-A FORWARD -p tcp --sport 80 -j DROP']), { from: 'c0', to: 'c1:80' });
    expect(trace.request.outcome).toBe('delivered');
    expect(trace.reply?.outcome).toBe('dropped');
    expect(trace.outcome).toBe('dropped');
    expect(trace.explanation).toContain('arrives, but its answer is dropped');
  });
});

describe('doubt', () => {
  test('a rule that depends on other packets makes the outcome unknown, and says on what', () => {
    const rules = [
      '-A FORWARD -d 172.17.0.3/32 -m limit --limit 1/sec -j ACCEPT',
      '-A FORWARD -d 172.17.0.3/32 -j DROP',
    ];
    const trace = ask(withRules(rules), { from: 'c0', to: 'c1:80' });
    expect(trace.outcome).toBe('unknown');
    expect(trace.decidedBy?.dependsOn).toContain('limit');
  });

  test('both ways are followed: where they end alike there is no doubt', () => {
    const rules = ['-A FORWARD -d 172.17.0.3/32 -m limit --limit 1/sec -j DROP', '-A FORWARD -d 172.17.0.3/32 -j DROP'];
    expect(ask(withRules(rules), { from: 'c0', to: 'c1:80' }).outcome).toBe('dropped');
  });

  test('rules that were not read leave it unknown', () => {
    const graph = hostWith(({ ruleset: _unread, ...host }) => host);
    expect(ask(graph, { from: '10.77.0.1', to: 'host:10001' }).outcome).toBe('unknown');
  });
});

describe('what if', () => {
  const dropping = withRules(['-A FORWARD -d 172.17.0.3/32 -p tcp -j DROP']);
  test.each([
    'filter/FORWARD/1',
    'FORWARD:1',
    '-A FORWARD -d 172.17.0.3/32 -p tcp -j DROP',
    '-d 172.17.0.3/32 -p tcp -j DROP',
  ])('without %s the packet arrives', (rule) => {
    expect(ask(dropping, { from: 'c0', to: 'c1:80', without: [rule] }).outcome).toBe('delivered');
    expect(ask(dropping, { from: 'c0', to: 'c1:80' }).outcome).toBe('dropped');
  });

  test('a sysctl can be tried: ip_forward=0 ends what is forwarded and leaves what is bridged', () => {
    const withSysctl = { 'net.ipv4.ip_forward': '0' };
    expect(ask(plain, { from: '10.77.0.1', to: 'host:10001', withSysctl }).outcome).toBe('dropped');
    expect(ask(plain, { from: 'c0', to: 'c1:80', withSysctl }).outcome).toBe('delivered');
  });

  test('a rule that is not there is an error, not an answer', () => {
    expect(tracePacket(dropping, { from: 'c0', to: 'c1:80', without: ['filter/FORWARD/99'] })).toEqual({
      error: 'filter/FORWARD/99: no such rule (TABLE/CHAIN/INDEX, CHAIN:INDEX, or its text)',
    });
  });
});

test.each([
  ['nobody', 'c1:80', 'nobody: no container, netns or address of that name'],
  ['c0', 'c1:0', 'c1:0: a port is 1 to 65535'],
  ['c0', 'c1:80/quic', 'c1:80/quic: unknown protocol quic (tcp, udp, icmp, sctp)'],
  ['10.0.0.1', '[::1]:80', '10.0.0.1 and ::1 are addresses of different families'],
])('%s → %s is refused with the reason', (from, to, error) => {
  expect(tracePacket(plain, { from, to })).toEqual({ error });
});
