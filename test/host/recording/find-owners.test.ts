/** The same host, written down in the ways people do it. */
import { describe, expect, test } from 'vitest';
import { collect } from '../../../src/collect/collect.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { RecordedHost } from '../../../src/host/recorded-host.ts';
import { adoptCapture } from '../../../src/host/recording/adopt-capture.ts';
import { parseRecording } from '../../../src/host/recording/parse-recording.ts';
import { labelLink } from '../../../src/systems/labels.ts';
import { tracePacket } from '../../../src/trace/trace-packet.ts';

const load = async (files: Readonly<Record<string, string>>): Promise<Graph> => {
  const adopted = adoptCapture(new Map(Object.entries(files)));
  if (adopted === undefined) throw new Error('not adopted');
  return buildGraph([await collect(new RecordedHost(parseRecording(adopted, 'there')))]);
};

const hostAddr = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN group default qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
2: enp1s0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc fq state UP group default qlen 1000
    link/ether 52:54:00:00:00:01 brd ff:ff:ff:ff:ff:ff
    inet 192.0.2.10/24 brd 192.0.2.255 scope global enp1s0
3: docker0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether 02:42:59:b3:03:fd brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.1/16 brd 172.17.255.255 scope global docker0
5: veth01e9767@if4: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue master docker0 state UP group default
    link/ether 9e:24:0e:5b:bf:88 brd ff:ff:ff:ff:ff:ff link-netnsid 0
9: strange: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc noqueue state UP group default
    link/ether 9e:24:0e:5b:bf:99 brd ff:ff:ff:ff:ff:ff
`;
const hostRoute =
  'default via 192.0.2.1 dev enp1s0 \n172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 \n192.0.2.0/24 dev enp1s0 proto kernel scope link src 192.0.2.10 \n';
/** busybox's. */
const webAddr = `1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue state UNKNOWN qlen 1000
    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00
    inet 127.0.0.1/8 scope host lo
4: eth0@if5: <BROADCAST,MULTICAST,UP,LOWER_UP,M-DOWN> mtu 1500 qdisc noqueue state UP 
    link/ether 02:42:ac:11:00:02 brd ff:ff:ff:ff:ff:ff
    inet 172.17.0.2/16 brd 172.17.255.255 scope global eth0
`;
const webRoute = 'default via 172.17.0.1 dev eth0 \n172.17.0.0/16 dev eth0 scope link  src 172.17.0.2 \n';
const inspect = JSON.stringify([
  {
    Id: 'aa'.repeat(32),
    Name: '/web',
    State: { Pid: 77, Running: true, Status: 'running' },
    HostConfig: { NetworkMode: 'bridge' },
    NetworkSettings: {
      Networks: { bridge: { NetworkID: 'bb', IPAddress: '172.17.0.2', MacAddress: '02:42:ac:11:00:02' } },
    },
  },
]);
const network = JSON.stringify([
  { Id: 'bb', Name: 'bridge', Driver: 'bridge', IPAM: {}, Options: { 'com.docker.network.bridge.name': 'docker0' } },
]);

const layouts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'files named as the commands, containers beside the host': {
    'ip_addr.txt': hostAddr,
    'ip_route.txt': hostRoute,
    'web_ip_addr.txt': webAddr,
    'web_ip_route.txt': webRoute,
    'docker_inspect_web.json': inspect,
    'docker_network_inspect_bridge.json': network,
  },
  'folders by topic, a folder for the container': {
    'network/ip-a.txt': hostAddr,
    'network/ip-r.txt': hostRoute,
    'docker/containers.json': inspect,
    'docker/net.json': network,
    'web/ip-a.txt': webAddr,
    'web/ip-r.txt': webRoute,
  },
  'a sosreport, with the netns found by the MAC of its link': {
    'sosreport-x/sos_commands/networking/ip_-d_address': hostAddr,
    'sosreport-x/sos_commands/networking/ip_route_show_table_all': hostRoute,
    'sosreport-x/sos_commands/host/hostname': 'there\n',
    'sosreport-x/sos_commands/docker/docker_inspect_aaaaaaaaaaaa': inspect,
    'sosreport-x/sos_commands/docker/docker_network_inspect_bridge': network,
    'sosreport-x/sos_commands/networking/namespaces/moby/ip_netns_exec_moby_ip_-d_address_show': webAddr,
    'sosreport-x/sos_commands/networking/namespaces/moby/ip_netns_exec_moby_ip_route_show_table_all': webRoute,
  },
  'names that say nothing': {
    'host/what-i-saw.log': hostAddr,
    'host/more.log': hostRoute,
    'containers/web/a.txt': webAddr,
    'containers/web/b.txt': webRoute,
    'i.json': inspect,
    'n.json': network,
  },
};

describe.each(Object.entries(layouts))('%s', (_name, files) => {
  test('is the host it was, with its container, its bridge and its pair', async () => {
    const graph = await load(files);
    const link = (name: string) => [...graph.links.values()].find((one) => one.facts.ifname === name)!;
    expect([...graph.containers.values()].map(({ facts, netns }) => [facts.name, netns !== undefined])).toEqual([
      ['web', true],
    ]);
    expect(link('docker0').kind).toBe('bridge');
    expect(link('veth01e9767')).toMatchObject({ kind: 'veth', master: link('docker0').id });
    expect(link('veth01e9767').peer).toEqual({ certainty: 'exact', to: link('eth0').id });
    expect(labelLink(graph, link('veth01e9767').id)?.madeBy).toBe('Docker');
    expect(link('enp1s0').kind).toBe('physical');
    // What no file proves is no hardware either.
    expect(link('strange').kind).toBe('unknown');
    expect(graph.gaps.map(({ source }) => source)).toContain('ip link');
  });
});

const rules = '0:\tfrom all lookup local\n32766:\tfrom all lookup main\n32767:\tfrom all lookup default\n';
const plain = layouts['files named as the commands, containers beside the host']!;

test('of a port whose state nobody wrote down a trace says that it cannot tell', async () => {
  const graph = await load({ ...plain, 'web_iptables-save.txt': '', 'iptables-save.txt': '', 'ip_rule.txt': rules });
  const trace = tracePacket(graph, { from: 'web', to: '172.17.0.1' });
  expect('error' in trace ? trace.error : [trace.outcome, trace.explanation]).toEqual([
    'unknown',
    expect.stringContaining('whether port veth01e9767 forwards was not written down'),
  ]);
});

test('with `bridge link` beside it the port is known to forward', async () => {
  const graph = await load({
    ...plain,
    'bridge_link.txt':
      '5: veth01e9767@if4: <BROADCAST,UP> mtu 1500 master docker0 state forwarding priority 32 cost 2 \n',
  });
  const port = [...graph.links.values()].find((one) => one.facts.ifname === 'veth01e9767');
  expect(port?.bridgePort).toMatchObject({ state: 'forwarding' });
});

test('routes of table local follow from the addresses, and that is told', async () => {
  const graph = await load({ 'ip_addr.txt': hostAddr, 'ip_route.txt': hostRoute });
  const [netns] = graph.netns.values();
  const local = netns!.facts.routes!.filter(({ table }) => table === 'local').map(({ type, dst }) => `${type} ${dst}`);
  expect(local).toEqual([
    'local 127.0.0.1',
    'local 127.0.0.0/8',
    'local 192.0.2.10',
    'broadcast 192.0.2.255',
    'local 172.17.0.1',
    'broadcast 172.17.255.255',
  ]);
  expect(graph.gaps.map(({ source }) => source)).toContain('ip route');
});

test('tables that only nft’s text shows are not taken for none; iptables -L is not taken for rules', () => {
  const files = {
    'host/ip-link.json': '[{"ifindex":1,"ifname":"lo"}]',
    'host/iptables-save.txt': '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n',
    'host/nft-ruleset.txt': 'table ip filter {\n}\ntable inet mine {\n}\n',
    'containers/a/iptables.txt': 'Chain INPUT (policy ACCEPT)\ntarget prot opt source destination\n',
    'containers/a/ip-link.json': '[{"ifindex":1,"ifname":"lo"}]',
  };
  const adopted = adoptCapture(new Map(Object.entries(files)));
  expect(JSON.parse(adopted?.get('netns/1/ruleset.json') ?? '{}').nftTables).toEqual([
    { family: 'ip', name: 'filter' },
    { family: 'inet', name: 'mine' },
  ]);
  expect(adopted?.has('netns/2/iptables-save.txt')).toBe(false);
});

test('several dumps of rules without a name are no host', () => {
  const rules = '*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n';
  expect(
    adoptCapture(
      new Map([
        ['usernet.save', rules],
        ['portmap.save', rules],
      ]),
    ),
  ).toBeUndefined();
  expect(adoptCapture(new Map([['dump.save', rules]]))?.get('netns/1/iptables-save.txt')).toBe(rules);
});

test('a sandbox this engine knows nothing of is not the other end of what it wired', () => {
  const veth = (ifindex: number, ifname: string, other: number, nsid: number) => ({
    ifindex,
    ifname,
    promiscuity: 0,
    link_type: 'ether',
    address: `02:00:00:00:00:${ifindex}`,
    link_index: other,
    link_netnsid: nsid,
    linkinfo: { info_kind: 'veth' },
  });
  const inside = (mac: string) => JSON.stringify([{ ...veth(4, 'eth0', 5, 0), address: mac }]);
  const adopted = adoptCapture(
    new Map([
      ['host/ip-link.json', JSON.stringify([veth(5, 'veth1', 4, 0)])],
      ['sandboxes/0123456789ab/ip-link.json', inside('02:42:00:00:00:01')],
      ['sandboxes/ba9876543210/ip-link.json', inside('02:42:00:00:00:02')],
      [
        'docker/inspect.json',
        JSON.stringify([
          {
            Id: 'aa',
            Name: '/web',
            State: { Pid: 7 },
            NetworkSettings: { SandboxKey: '/run/docker/netns/0123456789ab' },
          },
        ]),
      ],
    ]),
  );
  const nsids = [1, 2, 3].map((n) => JSON.parse(adopted?.get(`netns/${n}/netns.json`) ?? '{}').nsids);
  expect(nsids).toEqual([[{ nsid: 0, netns: '0:2' }], [{ nsid: 0, netns: '0:1' }], []]);
});
