import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { collect } from '../../../src/collect/collect.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { openRecording } from '../../../src/host/recorded-host.ts';
import { adoptCapture } from '../../../src/host/recording/adopt-capture.ts';
import { parseSysctls } from '../../../src/host/recording/parse-sysctls.ts';
import { splitHosts } from '../../../src/host/recording/split-hosts.ts';
import { labelLink } from '../../../src/systems/labels.ts';

const captures = fileURLToPath(new URL('../../recordings', import.meta.url));
const load = async (name: string): Promise<Graph> =>
  buildGraph([await collect(await openRecording(`${captures}/tools-${name}.tar.gz`))]);

/** `CONTAINER/ifname`, or the host's link by its name alone. */
const nameOf = (graph: Graph, id: string): string => {
  const link = [...graph.links.values()].find((one) => one.id === id)!;
  const netns = graph.netns.get(link.netns)!;
  return netns.facts.isHost ? link.facts.ifname : `${netns.name}/${link.facts.ifname}`;
};
const pairs = (graph: Graph): readonly string[] =>
  [...graph.links.values()]
    .filter((link) => link.kind === 'veth')
    .map(
      (link) => `${nameOf(graph, link.id)} = ${link.peer?.certainty === 'exact' ? nameOf(graph, link.peer.to) : '?'}`,
    );

describe('what people wrote down with the tools themselves', () => {
  test('pipework: containers have their links, each with its other end and its maker', async () => {
    const graph = await load('pipework-a');
    expect([...graph.containers.values()].map(({ facts }) => facts.name).toSorted()).toEqual(['pm1', 'pw1', 'pw2']);
    expect(pairs(graph).filter((pair) => pair.endsWith('?'))).toEqual(['eth0 = ?']);
    const inner = [...graph.links.values()].filter((link) => /^p.\d\/eth/.test(nameOf(graph, link.id)));
    expect(
      Object.fromEntries(inner.map((link) => [nameOf(graph, link.id), labelLink(graph, link.id)?.madeBy])),
    ).toEqual({
      'pm1/eth1': 'pipework or by hand',
      'pw1/eth0': 'Docker',
      'pw1/eth1': 'pipework',
      'pw2/eth0': 'Docker',
      'pw2/eth2': 'pipework or by hand',
    });
    const macvlan = inner.find((link) => link.kind === 'macvlan');
    expect(macvlan?.lowerLink?.certainty === 'exact' && nameOf(graph, macvlan.lowerLink.to)).toBe('eth0');
  });

  test('flannel: its link and the routes to other hosts are recognised', async () => {
    const graph = await load('flannel-vxlan-a');
    const link = [...graph.links.values()].find((one) => one.facts.ifname === 'flannel.1');
    expect(link && labelLink(graph, link.id)?.madeBy).toBe('flannel');
    expect(pairs(graph).filter((pair) => pair.endsWith('?'))).toEqual(['eth0 = ?']);
  });

  test('swarm: the namespaces of overlay networks stand beside those of containers', async () => {
    const graph = await load('swarm-28-5-2-a');
    const overlays = [...graph.netns.values()].filter((one) => one.facts.names.some((name) => /^1-/.test(name)));
    expect(overlays.length).toBe(2);
    const kinds = new Set(overlays.flatMap((one) => one.links.map((id) => graph.links.get(id)?.kind)));
    expect([...kinds].toSorted()).toEqual(['bridge', 'loopback', 'veth', 'vxlan']);
    expect(pairs(graph).filter((pair) => pair.endsWith('?'))).toEqual(['eth0 = ?']);
    expect([...graph.containers.values()].every((one) => one.netns !== undefined)).toBe(true);
    const makers = [...graph.links.values()].map((link) => labelLink(graph, link.id)?.madeBy);
    expect(makers.filter((maker) => maker?.includes('hand'))).toEqual([]);
  });

  test('a tunnel that the kernel keeps ready is nobody’s', async () => {
    const graph = await load('ipvlan-a');
    const tunnels = [...graph.links.values()].filter((one) => one.facts.ifname === 'tunl0');
    expect(tunnels.map((link) => labelLink(graph, link.id)?.madeBy)).toEqual(tunnels.map(() => 'the kernel'));
    expect([...graph.links.values()].filter((one) => one.kind === 'ipvlan').length).toBeGreaterThan(0);
  });

  const link = (ifindex: number, ifname: string, more = {}) => ({
    ifindex,
    ifname,
    flags: ['UP'],
    promiscuity: 0,
    ...more,
  });
  const veth = { linkinfo: { info_kind: 'veth' } };
  const file = (...links: readonly object[]) => JSON.stringify(links);

  test('with prefixes instead of folders is understood alike; of two that look the same no pair is made', () => {
    const adopted = adoptCapture(
      new Map([
        [
          'host.ip-link.json',
          file(
            link(5, 'vetha', { ...veth, link_index: 2, link_netnsid: 0 }),
            link(6, 'vethb', { ...veth, link_index: 2, link_netnsid: 1 }),
          ),
        ],
        ['ct-a.ip-link.json', file(link(2, 'eth0', { ...veth, link_index: 5, link_netnsid: 0 }))],
        ['ct-b.ip-link.json', file(link(2, 'eth0', { ...veth, link_index: 6, link_netnsid: 0 }))],
        ['ct-c.ip-link.json', file(link(2, 'eth0', { ...veth, link_index: 6, link_netnsid: 0 }))],
        ['docker-inspect.json', JSON.stringify([{ Id: 'aa', Name: '/a', State: { Pid: 7 } }])],
        ['README.txt', 'by hand'],
      ]),
    );
    const netns = [1, 2, 3, 4].map((n) => JSON.parse(adopted?.get(`netns/${n}/netns.json`) ?? '{}'));
    expect(netns[0]).toMatchObject({ isHost: true, nsids: [{ nsid: 0, netns: '0:2' }] });
    expect(netns[1]).toMatchObject({
      holders: [{ kind: 'process', pid: 7, comm: '' }],
      nsids: [{ nsid: 0, netns: '0:1' }],
    });
    expect(netns[2].names).toEqual(['b']);
    expect(adopted?.has('engines/docker-1/containers.json')).toBe(true);
  });

  test('a container whose name has dots in it, files named otherwise, sysctls as the files are called', () => {
    const adopted = adoptCapture(
      new Map([
        ['host.ip-link.json', file(link(1, 'lo'))],
        ['host.ip_-j_route_show_table_all.txt', '[]'],
        ['host.ip-route.txt', 'default via 10.0.0.1'],
        ['ct-web.1.abc.ip-addr.json', file(link(2, 'eth0'))],
        ['docker-inspect.json', JSON.stringify([{ Id: 'aa', Name: '/web.1.abc', State: { Pid: 7 } }])],
      ]),
    );
    expect(adopted?.get('netns/1/routes.json')).toBe('[]');
    expect(JSON.parse(adopted?.get('netns/2/netns.json') ?? '{}').holders).toEqual([
      { kind: 'process', pid: 7, comm: '' },
    ]);
    expect(parseSysctls('/proc/sys/net/ipv4/conf/eth0.20/rp_filter = 2\nnet.ipv4.ip_forward=1\n')).toEqual({
      'ipv4.conf.eth0.20.rp_filter': '2',
      'ipv4.ip_forward': '1',
    });
  });

  test('a macvlan sits on the host’s link, and a tunnel that was moved sends from the host', () => {
    const lower = link(2, 'eth0', { ...veth, link_type: 'ether' });
    const adopted = adoptCapture(
      new Map([
        ['host/ip-link.json', file(lower, link(9, 'other'))],
        ['containers/a/ip-link.json', file(lower, link(9, 'vxlan9'))],
        [
          'containers/m/ip-link.json',
          file(link(7, 'eth0', { linkinfo: { info_kind: 'macvlan' }, link_index: 2, link_netnsid: 0 })),
        ],
        [
          'netns/1-x/ip-link.json',
          file(link(9, 'vxlan0', { linkinfo: { info_kind: 'vxlan' }, link_index: 9, link_netnsid: 0 })),
        ],
      ]),
    );
    const nsids = [3, 4].map((n) => JSON.parse(adopted?.get(`netns/${n}/netns.json`) ?? '{}').nsids);
    expect(nsids).toEqual([[{ nsid: 0, netns: '0:1' }], [{ nsid: 0, netns: '0:1' }]]);
  });

  test('rules and settings nobody wrote down of a container are taken as made, and told as gaps; the host’s are not', () => {
    const adopted = adoptCapture(
      new Map([
        ['host/ip-link.json', file(link(1, 'lo'))],
        ['host/ip-route.json', '[]'],
        ['containers/a/ip-link.json', file(link(2, 'eth0'))],
        ['containers/a/ip-route.json', '[]'],
        ['containers/b/ip-link.json', file(link(3, 'eth0'))],
        ['containers/b/ip-route.json', '[{"dst":"default","table":"100"}]'],
      ]),
    );
    expect([1, 2, 3].map((n) => adopted?.has(`netns/${n}/rules.json`))).toEqual([false, true, false]);
    expect(adopted?.has('netns/1/sysctls.txt')).toBe(false);
    expect(adopted?.get('netns/2/sysctls.txt')).toContain('net.ipv4.conf.eth0.proxy_arp = 0');
    const { netns } = JSON.parse(adopted?.get('gaps.json') ?? '{}');
    expect(netns.map((gap: { source: string; netns: string }) => `${gap.netns} ${gap.source}`)).toEqual([
      '0:2 ip rule',
      '0:2 sysctl',
      '0:3 sysctl',
    ]);
  });

  test('a netns written down by its file and by its container is one', () => {
    const inside = file(
      link(2, 'eth0', { ...veth, link_type: 'ether', address: '02:00:00:00:00:01', link_index: 5, link_netnsid: 0 }),
    );
    const adopted = adoptCapture(
      new Map([
        ['host/ip-link.json', file(link(5, 'vetha', { ...veth, link_index: 2, link_netnsid: 0 }))],
        ['containers/a/ip-link.json', inside],
        ['sandboxes/123abc/ip-link.json', inside],
      ]),
    );
    expect([...(adopted?.keys() ?? [])].filter((path) => path.endsWith('netns.json'))).toHaveLength(2);
    expect(JSON.parse(adopted?.get('netns/1/netns.json') ?? '{}').nsids).toEqual([{ nsid: 0, netns: '0:2' }]);
  });

  test('folders of several hosts in one are as many hosts, named by their folders', () => {
    const links = file(link(1, 'lo'));
    const files = new Map([
      ['README.txt', 'two hosts'],
      ['pair/swa/host/ip-link.json', links],
      ['pair/swb/host.ip-addr.json', links],
      ['pair/own/host.json', '{}'],
    ]);
    expect(splitHosts(files).map(({ name }) => name)).toEqual(['swa', 'swb', 'own']);
    expect(splitHosts(new Map([['host/ip-link.json', links]])).map(({ name }) => name)).toEqual(['']);
    expect(splitHosts(new Map([['notes.txt', 'nothing']]))).toEqual([]);
  });

  test('the legacy backend is told by what both tools print; a recording of our own is left as it is', () => {
    const rules = (counters: string) => `# Generated\n*filter\n:INPUT ACCEPT ${counters}\nCOMMIT\n`;
    const adopted = adoptCapture(
      new Map([
        ['host/ip-link.json', file(link(1, 'lo'))],
        ['host/iptables-save.txt', rules('[1:2]')],
        ['host/iptables-legacy-save.txt', rules('[3:4]')],
      ]),
    );
    expect(adopted?.has('netns/1/iptables-save.txt')).toBe(false);
    expect(adopted?.get('netns/1/iptables-legacy-save.txt')).toBe(rules('[1:2]'));
    expect(
      adoptCapture(
        new Map([
          ['host.json', '{}'],
          ['netns/1/links.json', '[]'],
        ]),
      ),
    ).toBeUndefined();
    expect(adoptCapture(new Map([['holiday.jpg', '']]))).toBeUndefined();
  });
});
