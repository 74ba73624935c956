/** Frames out of one host's Open vSwitch, across the underlay, and into the other's. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { type PacketOptions, tracePacket } from '../../../src/trace/trace-packet.ts';
import { sysctlsFor } from '../../diagnose/healthy-host.ts';
import type { HostsChange } from '../../diagnose/two-hosts.ts';
import { otherHost, ovsBridge, ovsHosts, ovsPort, type Switches } from './ovs-hosts.ts';

const ask = (snapshots: readonly Snapshot[], from = 'web1', to = 'web2:80', options?: PacketOptions): Trace => {
  const answer = tracePacket(buildGraph(snapshots), { from, to }, options);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

const steps = ({ request }: Trace) => request.hops.flatMap((hop) => hop.steps);
const texts = (trace: Trace): readonly string[] => steps(trace).map((step) => step.text);

const vxlan = (more: Readonly<Record<string, string>> = {}): Switches => ({
  tunnel: (n) => ({ type: 'vxlan', options: { remote_ip: otherHost(n), key: '42', ...more } }),
});
const gre = (key: (n: 1 | 2) => string): Switches => ({
  tunnel: (n) => ({ type: 'gre', options: { remote_ip: otherHost(n), key: key(n) } }),
});

describe('a VXLAN port', () => {
  test('carries the frame over the underlay to the port of the other switch, and the answer back', () => {
    const found = ask(ovsHosts(vxlan()));
    expect(found.explanation).toContain('is delivered');
    expect(texts(found)).toEqual(
      expect.arrayContaining([
        'tun0 puts it into VXLAN 42 for 10.77.0.12 udp 4789',
        'leaves by eth0 and over the wire comes to eth0 of node-b',
        'tun0 takes it out of VXLAN 42',
      ]),
    );
    expect(found.followUp?.outcome).toBe('delivered');
  });

  test('names no link that nobody could look up', () => {
    const snapshots = ovsHosts(vxlan());
    const { links } = buildGraph(snapshots);
    for (const { link } of steps(ask(snapshots))) if (link !== undefined) expect(links.has(link)).toBe(true);
  });

  test('the firewall of the receiving host decides on the outer packet', () => {
    const found = ask(ovsHosts(vxlan(), ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 4789 -j DROP')));
    expect(found.outcome).toBe('no-neighbour');
    expect(found.explanation).toContain('4789');
  });

  test('a port of its own choice must be that of the other end', () => {
    const found = ask(
      ovsHosts({
        tunnel: (n) => ({
          type: 'vxlan',
          options: { remote_ip: otherHost(n), key: '42', dst_port: n === 1 ? '4789' : '8472' },
        }),
      }),
    );
    expect(found.outcome).not.toBe('delivered');
    expect(found.outcome).not.toBe('unknown');
  });

  test('what comes from another address than its remote_ip is not taken', () => {
    const wrong: Switches = {
      tunnel: (n) => ({ type: 'vxlan', options: { remote_ip: n === 1 ? otherHost(n) : '10.77.0.19', key: '42' } }),
    };
    const found = ask(ovsHosts(wrong));
    expect(found.outcome).not.toBe('delivered');
    expect(found.explanation).toContain('from 10.77.0.11');
  });

  test('a VLAN stays a VLAN through the tunnel: the same tag reaches, another does not', () => {
    const tagged = (tag: (n: 1 | 2) => number): Switches => ({
      ...vxlan(),
      web: (n) => ({ tag: tag(n), vlanMode: 'access' }),
    });
    expect(ask(ovsHosts(tagged(() => 7))).outcome).toBe('delivered');
    expect(ask(ovsHosts(tagged((n) => n))).outcome).toBe('no-neighbour');
  });

  test('packets that get too long for the link below are refused', () => {
    const narrow: HostsChange = ({ a }) => {
      a.link('eth0').mtu = 1500;
    };
    expect(ask(ovsHosts(vxlan(), narrow), 'web1', 'web2:80', { length: 1450 }).outcome).toBe('delivered');
    expect(ask(ovsHosts(vxlan(), narrow), 'web1', 'web2:80', { length: 1451 }).decidedBy?.kind).toBe('mtu');
  });
});

describe('a GRE port', () => {
  test('arrives with the same key, and is dropped with another', () => {
    expect(ask(ovsHosts(gre(() => '5'))).outcome).toBe('delivered');
    const found = ask(ovsHosts(gre(String)));
    expect(found.outcome).not.toBe('delivered');
    expect(found.explanation).toContain('no link of node-b takes GRE with key 1 from 10.77.0.11');
  });

  test('IP protocol 47 must be let in', () => {
    expect(
      ask(
        ovsHosts(
          gre(() => '5'),
          ({ b }) => b.rule('-A INPUT -p gre -j DROP'),
        ),
      ).outcome,
    ).toBe('no-neighbour');
  });
});

describe('what cannot be told is said', () => {
  test.each<[string, Switches, RegExp]>([
    [
      'flows choose the other end',
      vxlan({ remote_ip: 'flow' }),
      /flows of Open vSwitch bridge ovs0 set remote_ip of tun0 for each packet/,
    ],
    [
      'a switch in user space',
      { ...vxlan(), bridge: () => ({ datapath: 'netdev' }) },
      /runs in user space: tun0 sends and receives past the kernel/,
    ],
    [
      'flows of its own',
      { ...vxlan(), bridge: () => ({ flows: ['priority=5,in_port=1 actions=output:2'] }) },
      /a flow of Open vSwitch bridge ovs0 decides/,
    ],
    [
      'a kind of tunnel that is not followed',
      { tunnel: (n) => ({ type: 'stt', options: { remote_ip: otherHost(n) } }) },
      /tun0 \(stt to 10\.77\.0\.12\)/,
    ],
  ])('%s', (_story, switches, reason) => {
    const found = ask(ovsHosts(switches));
    expect(found.outcome).toBe('unknown');
    expect(found.explanation).toMatch(reason);
  });

  test('with one host it ends at the wire, with what must be true beyond it', () => {
    const [only] = ovsHosts(vxlan());
    const found = ask([only!], 'web1', '10.50.0.22:80');
    expect(found.outcome).toBe('unknown');
    expect(found.explanation).toMatch(/10\.77\.0\.12, which is not in the picture and must let in udp 4789/);
  });
});

test('patch ports join two bridges of one host', () => {
  const [host] = ovsHosts(vxlan());
  const patched = {
    ...host!,
    openVswitch: {
      bridges: [
        ovsBridge('ovs0', [ovsPort({ name: 'p0', type: 'patch', options: { peer: 'p1' } })]),
        ovsBridge('ovs1', [
          ovsPort({ name: 'p1', type: 'patch', options: { peer: 'p0' } }),
          ovsPort({ name: 'vethweb' }),
        ]),
      ],
    },
    netns: host!.netns.map((one) =>
      one.isHost
        ? {
            ...one,
            sysctls: { ...one.sysctls, ...sysctlsFor(['ovs1']), 'ipv4.conf.ovs1.arp_ignore': '1' },
            links: [
              ...one.links!,
              {
                ...one.links!.find((link) => link.ifname === 'ovs0')!,
                ifindex: 19,
                ifname: 'ovs1',
                address: '02:00:00:00:00:19',
              },
            ],
          }
        : one,
    ),
  };
  const found = ask([patched], 'web1', '10.50.0.11');
  expect(found.explanation).toContain('is delivered');
  expect(found.outcome).toBe('delivered');
  expect(texts(found)).toContain('p1 ⇄ p0');
});
