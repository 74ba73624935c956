import { expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Engine } from '../../src/model/container.ts';
import type { Link } from '../../src/model/link.ts';
import type { Netns } from '../../src/model/netns.ts';
import {
  ipv4,
  makeBridge,
  makeContainer,
  makeEngine,
  makeLink,
  makeNetns,
  makeNetwork,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
  process,
} from './make-snapshot.ts';

const faults = (netns: readonly Netns[], engines: readonly Engine[] = []) =>
  buildGraph([makeSnapshot(netns, engines)]).faults.map((fault) => fault.text);

const host = (links: readonly Link[], ...inodes: readonly (number | undefined)[]) =>
  makeNetns(1, links, { isHost: true, holders: [process(1)], nsids: nsids(...inodes) });
const inside = (n: number, peer: number, address: string, more = {}) =>
  makeNetns(n, [makeVeth(2, 'eth0', peer, 0, more)], {
    nsids: nsids(1),
    addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4(address)] }],
  });
const bridge = makeBridge(3, 'br-app');
const down = { flags: ['BROADCAST'], operstate: 'DOWN' };

test('a healthy pair on a bridge is no fault', () => {
  expect(faults([host([bridge, makePort(4, 'veth4', 2, 0, 'br-app')], 100), inside(100, 4, '10.0.0.2')])).toEqual([]);
});

test('a port whose other end nobody holds is half a pair', () => {
  expect(faults([host([bridge, makePort(4, 'veth4', 2, 0, 'br-app')], undefined)])).toEqual([
    'veth4: the other end of this veth cannot be seen: nobody visible holds the netns of its other end (nsid 0)',
  ]);
});

test('an uplink of the host whose other end lies outside is no fault', () => {
  expect(faults([host([makeVeth(2, 'eth0', 9, 0)], undefined)])).toEqual([]);
});

test('a port whose other end is in a hidden netns is an orphan', () => {
  const hidden = {
    ...inside(100, 4, '10.0.0.2'),
    holders: [{ kind: 'descriptor', pid: 7, fd: 3, comm: 'x' } as const],
  };
  expect(faults([host([bridge, makePort(4, 'veth4', 2, 0, 'br-app')], 100), hidden])).toEqual([
    'veth4: nobody visible holds the netns of its other end (inode 100)',
    'inode 100: a netns in which no process and for which no file can be seen from here',
  ]);
});

test('a port that is down, and one that does not forward, are told', () => {
  const blocked = { info_kind: 'veth', info_slave_kind: 'bridge', info_slave_data: { state: 'disabled' } };
  const links = [
    bridge,
    makePort(4, 'veth4', 2, 0, 'br-app', down),
    makePort(5, 'veth5', 2, 1, 'br-app', { linkinfo: blocked }),
  ];
  expect(faults([host(links, 100, 200), inside(100, 4, '10.0.0.2'), inside(200, 5, '10.0.0.3')])).toEqual([
    'veth4 is down (not set up)',
    'veth5: bridge port state is disabled, so frames do not pass',
  ]);
});

test('two ends on one bridge with one address are told, once', () => {
  const links = [bridge, makePort(4, 'veth4', 2, 0, 'br-app'), makePort(5, 'veth5', 2, 1, 'br-app')];
  expect(faults([host(links, 100, 200), inside(100, 4, '10.0.0.2'), inside(200, 5, '10.0.0.2')])).toEqual([
    'pid 100 (app)/eth0 and pid 200 (app)/eth0 both have address 10.0.0.2 on br-app',
  ]);
});

test('a container whose outer end is in no bridge is told with the bridge it belongs to', () => {
  const network = makeNetwork('app', { options: { 'com.docker.network.bridge.name': 'br-app' } });
  const web = makeContainer('web', 100, {
    endpoints: [{ network: 'app', networkId: network.fullId, ipv4: '10.0.0.2', aliases: [] }],
  });
  const netns = [host([bridge, makeVeth(4, 'veth4', 2, 0)], 100), inside(100, 4, '10.0.0.2')];
  expect(faults(netns, [makeEngine([web], [network])])).toEqual(['veth4 (web/eth0) is in no bridge instead of br-app']);
});

test("a bridge named after a network that is gone was left behind; anybody else's bridge is no fault", () => {
  const engine = makeEngine([], [makeNetwork('bridge')]);
  const links = [
    makeBridge(3, 'docker0'),
    makeBridge(4, 'br-0123456789ab'),
    makeBridge(5, 'virbr0'),
    makeLink(6, 'eth0'),
  ];
  expect(faults([host(links)], [engine])).toEqual([
    'br-0123456789ab belongs to no network of the engine and has no ports: left behind',
  ]);
});
