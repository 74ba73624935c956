/** A swarm's service address: IPVS in the netns of the balancer spreads packets over the tasks. Kernels to test on often lack IPVS, so the facts are written out. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { IpvsService } from '../../../src/model/ipvs.ts';
import type { Netns } from '../../../src/model/netns.ts';
import type { Trace } from '../../../src/trace/trace.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';
import { makeRoute, makeSocket, sysctlsFor } from '../../diagnose/healthy-host.ts';
import {
  ipv4,
  makeBridge,
  makeLo,
  makeNetns,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
} from '../../graph/make-snapshot.ts';

const mac = (n: number): string => `02:42:0a:63:00:${n.toString(16).padStart(2, '0')}`;

const local = (address: string, dev: string) =>
  makeRoute(address, dev, { type: 'local', table: 'local', scope: 'host', prefsrc: address });

const base = (names: readonly string[]) => ({
  routes6: [],
  policyRules: (['inet', 'inet6'] as const).flatMap((family) => [
    { family, priority: 0, src: 'all', table: 'local' },
    { family, priority: 32766, src: 'all', table: 'main' },
  ]),
  vlans: [],
  fdb: [],
  neighbours: [],
  sockets: [],
  ipvs: [],
  sysctls: sysctlsFor([...names]),
  ruleset: { present: { nftTables: [], legacyTables: [], legacyTables6: [] } },
});

/** What dockerd writes into the balancer's netns. */
const rules = `*mangle
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:FORWARD ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A INPUT -d 10.99.0.6/32 -j MARK --set-xmark 0x102/0xffffffff
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:INPUT ACCEPT [0:0]
:OUTPUT ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -d 10.99.0.0/24 -m ipvs --ipvs -j SNAT --to-source 10.99.0.2
COMMIT
`;

const end = (n: number, name: string, more: Partial<Netns> = {}): Netns =>
  makeNetns(100 + n, [makeLo(), makeVeth(2, 'eth0', 10 + n, 0, { address: mac(n) })], {
    ...base(['eth0']),
    names: [name],
    nsids: nsids(1),
    addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4(`10.99.0.${n}`, 24)] }],
    routes: [makeRoute('10.99.0.0/24', 'eth0', { prefsrc: `10.99.0.${n}` }), local(`10.99.0.${n}`, 'eth0')],
    ...more,
  });

const task = (n: number): Netns => end(n, `task${n}`, { sockets: [makeSocket('tcp', '0.0.0.0', 80, 'nginx')] });

const serverOf = (n: number, more: Partial<IpvsService['servers'][number]> = {}) =>
  ({ address: `10.99.0.${n}`, port: 0, method: 'masq', weight: 1, ...more }) as const;
const service = (...servers: IpvsService['servers']): IpvsService => ({ mark: 0x102, scheduler: 'rr', servers });

const balancer = (ipvs: readonly IpvsService[] | undefined, more: Partial<Netns> = {}): Netns => {
  const made = end(2, 'lb_mesh', {
    addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4('10.99.0.2', 24), ipv4('10.99.0.6', 32)] }],
    routes: [
      makeRoute('10.99.0.0/24', 'eth0', { prefsrc: '10.99.0.2' }),
      local('10.99.0.2', 'eth0'),
      local('10.99.0.6', 'eth0'),
    ],
    sysctls: { ...sysctlsFor(['eth0']), 'ipv4.vs.conntrack': '1' },
    ruleset: { iptablesNft: rules, present: { nftTables: [], legacyTables: [], legacyTables6: [] } },
    ...more,
  });
  const { ipvs: _none, ...rest } = made;
  return ipvs === undefined ? rest : { ...rest, ipvs };
};

const trace = (lb: Netns, to = '10.99.0.6:80'): Trace => {
  const ends = [end(11, 'client'), lb, task(7), task(8)];
  const links = [
    makeLo(),
    makeBridge(3, 'br0'),
    ...[11, 2, 7, 8].map((n, nsid) => makePort(10 + n, `veth${n}`, 2, nsid, 'br0')),
  ];
  const overlay = makeNetns(1, links, {
    ...base(links.map((link) => link.ifname)),
    isHost: true,
    routes: [],
    nsids: nsids(111, 102, 107, 108),
  });
  const answer = tracePacket(buildGraph([makeSnapshot([overlay, ...ends])]), { from: 'client', to });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
};

const texts = ({ request }: Trace): readonly string[] =>
  request.hops.flatMap((hop) => hop.steps.map((step) => step.text));

describe('a service address', () => {
  test('leads to the task, from the address of the balancer, and the answer comes back from the service address', () => {
    const found = trace(balancer([service(serverOf(7))]));
    expect(found.explanation).toContain('is delivered as 10.99.0.2:* → 10.99.0.7:80');
    expect(found.outcome).toBe('delivered');
    expect(texts(found)).toContain('IPVS (mark 0x102) sends it to 10.99.0.7:80');
    expect(found.followUp?.outcome).toBe('delivered');
  });

  test('of several tasks any may be chosen: one that is gone leaves the outcome open', () => {
    const found = trace(balancer([service(serverOf(7), serverOf(8))]));
    expect(found.outcome).toBe('delivered');
    expect(found.parted).toBe('which of the 2 tasks the balancer chooses (rr)');
    const gone = trace(balancer([service(serverOf(7), serverOf(9))]));
    expect(gone.outcome).toBe('unknown');
    expect(gone.explanation).toContain('which of the 2 tasks the balancer chooses (rr)');
  });

  test('tasks that are being taken away get no new connections', () => {
    expect(trace(balancer([service(serverOf(7), serverOf(9, { weight: 0 }))])).outcome).toBe('delivered');
  });

  test('a service without tasks refuses', () => {
    expect(trace(balancer([service()])).outcome).toBe('rejected');
  });

  test('in a kernel without IPVS the packet ends at the balancer, where nobody listens', () => {
    const found = trace(balancer([]));
    expect(found.outcome).toBe('no-listener');
    expect(found.explanation).toContain('lb_mesh');
  });

  test('without its table the outcome is open, and it says what to look at', () => {
    const found = trace(balancer(undefined));
    expect(found.outcome).toBe('unknown');
    expect(found.explanation).toContain(
      'IPVS spreads what bears mark 0x102 over the tasks of a service, and the table of lb_mesh that names them was not read (cat /proc/net/ip_vs there)',
    );
  });

  test('pings are answered by the balancer itself', () => {
    expect(trace(balancer([service(serverOf(7))]), '10.99.0.6').listener?.text).toBe('lb_mesh answers the ping itself');
  });

  test('what is not followed is said: direct routing, and connections that conntrack does not hear of', () => {
    expect(trace(balancer([service(serverOf(7, { method: 'route' }))])).explanation).toContain(
      'by route, which is not followed',
    );
    const alone = trace(
      balancer([service(serverOf(7))], { sysctls: { ...sysctlsFor(['eth0']), 'ipv4.vs.conntrack': '0' } }),
    );
    expect(alone.outcome).toBe('unknown');
    expect(alone.explanation).toContain('net.ipv4.vs.conntrack');
  });

  test('the balancer itself reaches its tasks by the service address too, where rules mark what it sends', () => {
    const marked = rules.replace('-A INPUT', '-A OUTPUT');
    const lb = balancer([service(serverOf(7))], {
      ruleset: { iptablesNft: marked, present: { nftTables: [], legacyTables: [], legacyTables6: [] } },
    });
    const graph = buildGraph([makeSnapshot([lb])]);
    const found = tracePacket(graph, { from: 'lb_mesh', to: '10.99.0.6:80' }) as Trace;
    expect(texts(found)).toContain('IPVS (mark 0x102) sends it to 10.99.0.7:80');
  });
});
