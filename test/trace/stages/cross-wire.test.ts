/** Packets between two hosts: over the wire, through tunnels, and where the picture ends. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { type PacketOptions, tracePacket } from '../../../src/trace/trace-packet.ts';
import { makeRoute, sysctlsFor } from '../../diagnose/healthy-host.ts';
import { type HostDraft, type HostsChange, twoHosts } from '../../diagnose/two-hosts.ts';
import { makeLink } from '../../graph/make-snapshot.ts';

type Wiring = Parameters<typeof twoHosts>[0];

const trace = (wiring: Wiring, from: string, to: string, change?: HostsChange, options?: PacketOptions): Trace => {
  const answer = tracePacket(buildGraph(twoHosts(wiring, change)), { from, to }, options);
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

const places = ({ request }: Trace): readonly string[] => request.hops.map((hop) => hop.at);
const texts = ({ request }: Trace): readonly string[] =>
  request.hops.flatMap((hop) => hop.steps.map((step) => step.text));

describe('over a VXLAN', () => {
  test('the packet is wrapped on one host, unwrapped on the other, and so is the answer', () => {
    const found = trace('flannel', 'web1', 'web2:80');
    expect(found.outcome).toBe('delivered');
    expect(texts(found)).toEqual(
      expect.arrayContaining([
        'flannel.1 puts it into VXLAN 1 for 10.77.0.12 udp 8472',
        'sends 10.77.0.11:* → 10.77.0.12:8472 udp',
        'leaves by eth0 and over the wire comes to eth0 of node-b',
        'flannel.1 takes it out of VXLAN 1',
      ]),
    );
    expect(places(found)[0]).toBe('node-a/web1');
    expect(places(found).at(-1)).toBe('node-b/web2');
    expect(found.reply?.outcome).toBe('delivered');
  });

  test('the firewall of the host that receives decides on the outer packet', () => {
    const found = trace('flannel', 'web1', 'web2:80', ({ b }) => b.rule('-A INPUT -p udp -m udp --dport 8472 -j DROP'));
    expect(found.outcome).toBe('dropped');
    expect(found.decidedBy?.evidence.rule?.rule).toContain('8472');
    expect(places(found).at(-1)).toBe('node-b INPUT');
  });

  test('with one host the trace ends at the wire and says what must be true beyond it', () => {
    const [only] = twoHosts('flannel');
    const found = tracePacket(buildGraph([only!]), { from: 'web1', to: '10.244.2.2:80' });
    expect(found).toMatchObject({ outcome: 'unknown' });
    expect((found as Trace).explanation).toMatch(
      /leaves by eth0 for 10\.77\.0\.12, which is not in the picture and must let in udp 8472 from 10\.77\.0\.11, have a link of VXLAN 1 that is up/,
    );
  });

  test('a fixed entry that names another host makes a learning end drop the frame', () => {
    const found = trace('flannel', 'web1', 'web2:80', ({ b }) => {
      Object.assign(b.link('flannel.1').linkinfo!.info_data!, { learning: true });
      b.host.fdb![0]!.dst = '10.77.0.19';
    });
    expect(found.outcome).toBe('dropped');
    expect(found.decidedBy?.text).toContain('which its fixed entry contradicts');
  });

  test('a packet that fits the tunnel goes in pieces through a link that is too small for the outer one', () => {
    const change: HostsChange = ({ a }) => {
      a.link('eth0').mtu = 1400;
    };
    expect(trace('flannel', 'web1', 'web2:80', change, { length: 1450 }).outcome).toBe('delivered');
    expect(trace('flannel', 'web1', 'web2:80', change, { length: 1451 }).decidedBy?.kind).toBe('mtu');
  });
});

/** A layer 3 tunnel in place of flannel's. */
const tunnel =
  (kind: string, data: (n: number) => Readonly<Record<string, unknown>>): HostsChange =>
  ({ a, b }) => {
    for (const [at, draft] of [a, b].entries()) {
      const n = at + 1;
      draft.host.links = draft.host.links!.filter((link) => link.ifname !== 'flannel.1');
      draft.host.links.push(
        structuredClone(
          makeLink(6, 'tun6', {
            link_type: kind === 'gre' ? 'gre' : 'ipip',
            flags: ['POINTOPOINT', 'NOARP', 'UP', 'LOWER_UP'],
            mtu: 1476,
            linkinfo: { info_kind: kind, info_data: data(n) },
          }),
        ) as never,
      );
      Object.assign(draft.host.sysctls!, sysctlsFor(['tun6']));
      draft.host.routes = draft.host.routes!.filter((route) => route.dev !== 'flannel.1');
      draft.host.routes.push(
        makeRoute(`10.244.${2 - at}.0/24`, 'tun6', {
          gateway: `10.77.0.1${2 - at}`,
          scope: 'global',
          flags: ['onlink'],
        }),
      );
    }
  };

describe('over IP in IP and GRE', () => {
  const ipip = tunnel('ipip', () => ({ remote: 'any', local: 'any', ttl: 0, pmtudisc: true }));
  const gre = (key: (n: number) => string) =>
    tunnel('gre', (n) => ({
      remote: `10.77.0.1${3 - n}`,
      local: `10.77.0.1${n}`,
      ttl: 0,
      pmtudisc: true,
      okey: key(n),
      ikey: key(n),
    }));

  test('a tunnel without a fixed other end sends to the next hop of the route', () => {
    const found = trace('flannel', 'web1', 'web2:80', ipip);
    expect(found.outcome).toBe('delivered');
    expect(texts(found)).toContain('tun6 puts it into IP in IP for 10.77.0.12');
  });

  test('rules see the outer packet by its protocol', () => {
    const found = trace('flannel', 'web1', 'web2:80', (draft) => {
      ipip(draft);
      draft.b.rule('-A INPUT -p 4 -j DROP');
    });
    expect(found.outcome).toBe('dropped');
  });

  test('both ends need the same key', () => {
    expect(
      trace(
        'flannel',
        'web1',
        'web2:80',
        gre(() => '0.0.0.10'),
      ).outcome,
    ).toBe('delivered');
    const found = trace(
      'flannel',
      'web1',
      'web2:80',
      gre((n) => `0.0.0.${n}`),
    );
    expect(found.outcome).toBe('dropped');
    expect(found.decidedBy?.text).toBe('no link of node-b takes GRE with key 1 from 10.77.0.11');
  });

  test('a packet that is too long for the link below, once wrapped, is not cut in pieces', () => {
    const found = trace(
      'flannel',
      'web1',
      'web2:80',
      (draft) => {
        ipip(draft);
        draft.a.link('eth0').mtu = 1490;
      },
      { length: 1476 },
    );
    expect(found.decidedBy?.kind).toBe('mtu');
  });
});

describe('over the wire', () => {
  test('routes lead from host to host, and the other host forwards', () => {
    const found = trace('routes', 'web1', 'web2:80');
    expect(found.outcome).toBe('delivered');
    expect(places(found)).toEqual([
      'node-a/web1',
      'node-a docker0',
      'node-a',
      'node-b',
      'node-b docker0',
      'node-b',
      'node-b/web2',
    ]);
  });

  test('a neighbour that answers with another MAC is another machine', () => {
    const found = trace('routes', 'host:node-a', 'host:node-b', ({ a, b }) => {
      a.host.neighbours![0]!.lladdr = '02:77:00:00:00:99';
      b.host.neighbours = [];
    });
    expect(found.outcome).toBe('unknown');
    expect(found.explanation).toMatch(/10\.77\.0\.12 is an address of node-b, but the packet leaves by eth0/);
  });

  test('hosts in different subnets reach each other through routers that nobody sees', () => {
    const found = trace('routes', 'host:node-a', 'host:node-b', ({ b }) => moveTo(b, '10.78.0.12'));
    expect(found.outcome).toBe('delivered');
    expect(texts(found)).toContain('leaves by eth0 and comes, through routers nobody here sees, to eth0 of node-b');
  });

  test('whether such routers know the way to containers cannot be seen', () => {
    const found = trace('routes', 'host:node-a', '10.244.2.2:80', ({ a, b }) => {
      moveTo(b, '10.78.0.12');
      a.host.routes = a.host.routes!.filter((route) => route.dst !== '10.244.2.0/24');
    });
    expect(found.outcome).toBe('unknown');
  });

  test('the same address on both hosts joins nothing', () => {
    const found = trace('routes', 'host:node-a', '10.77.0.12', ({ a, b }) => {
      moveTo(b, '10.77.0.11');
      a.host.neighbours = [];
    });
    // Nobody known has it: it leaves, as to any other machine out there.
    expect(found.request.hops.at(-1)?.steps.at(-1)?.kind).toBe('wire');
    expect(found.listener).toBeUndefined();
  });
});

const moveTo = ({ host }: HostDraft, address: string): void => {
  const own = host.addresses!.find((entry) => entry.ifname === 'eth0')!.addr_info[0]!;
  const old = own.local;
  own.local = address;
  const network = (text: string) => text.replace(/\.\d+$/, '.0/24');
  for (const route of host.routes!) {
    if (route.dst === old) Object.assign(route, { dst: address, prefsrc: address });
    if (route.dst === network(old)) Object.assign(route, { dst: network(address), prefsrc: address });
    if (route.gateway?.startsWith('10.77.0.1') && route.dst === 'default')
      route.gateway = address.replace(/\.\d+$/, '.1');
  }
  host.neighbours = [];
};

describe('names', () => {
  test('a name that several hosts have is asked for again, with the hosts', () => {
    const snapshots = twoHosts('routes', ({ a, b }) => {
      for (const { web } of [a, b]) web.names = ['web'];
    });
    const graph = buildGraph(snapshots);
    const error = expect.stringContaining('say which: node-a/web or node-b/web');
    expect(tracePacket(graph, { from: 'web', to: 'host:node-b' })).toEqual({ error });
    expect(tracePacket(graph, { from: 'node-a/web', to: 'node-b/web:80/tcp' })).toMatchObject({ outcome: 'delivered' });
    expect(tracePacket(graph, { from: 'host', to: 'node-a/web' })).toEqual({
      error: expect.stringContaining('node-a or node-b'),
    });
    expect(tracePacket(graph, { from: 'node-a/nobody', to: 'web' })).toEqual({
      error: expect.stringContaining('nobody'),
    });
  });
});
