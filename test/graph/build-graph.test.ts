import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { linkId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import {
  inode,
  ipv4,
  makeBridge,
  makeContainer,
  makeEngine,
  makeLink,
  makeLo,
  makeNetns,
  makeNetwork,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
  process,
} from './make-snapshot.ts';

const id = (n: number, ifindex: number) => linkId(inode(n), ifindex);
const link = (netns: readonly Netns[], n: number, ifindex: number) =>
  buildGraph([makeSnapshot(netns)]).links.get(id(n, ifindex));

describe('links', () => {
  const bridged = makeNetns(1, [
    makeBridge(3, 'br0'),
    makePort(4, 'veth4', 2, 0, 'br0'),
    makePort(5, 'veth5', 3, 0, 'br0'),
  ]);

  test('a bridge knows its ports and a port its bridge and state', () => {
    expect(link([bridged], 1, 3)?.ports).toEqual([id(1, 4), id(1, 5)]);
    expect(link([bridged], 1, 4)).toMatchObject({
      master: id(1, 3),
      bridgePort: { state: 'forwarding', hairpin: false },
    });
  });

  test('a macvlan in another netns sits on the link its ifindex and nsid name', () => {
    const host = makeNetns(1, [makeLink(2, 'eth0')], { nsids: nsids(2) });
    const inside = makeNetns(
      2,
      [makeLink(7, 'eth0', { link_index: 2, link_netnsid: 0, linkinfo: { info_kind: 'macvlan' } })],
      {
        nsids: nsids(1),
      },
    );
    expect(link([host, inside], 2, 7)?.lowerLink).toEqual({ certainty: 'exact', to: id(1, 2) });
    expect(link([host, inside], 1, 2)?.upperLinks).toEqual([id(2, 7)]);
  });

  test('a vlan link sits on the link it names in its own netns', () => {
    const host = makeNetns(1, [
      makeLink(2, 'eth0'),
      makeLink(3, 'eth0.5', { link: 'eth0', linkinfo: { info_kind: 'vlan' } }),
    ]);
    expect(link([host], 1, 3)?.lowerLink).toEqual({ certainty: 'exact', to: id(1, 2) });
  });

  test('a vxlan link without a lower link sits on nothing, though it names its own ifindex', () => {
    const vxlan = makeLink(5, 'vxlan0', {
      link_index: 5,
      link_netnsid: 0,
      linkinfo: { info_kind: 'vxlan', info_data: {} },
    });
    const overlay = makeNetns(2, [vxlan], { nsids: nsids(1) });
    expect(link([makeNetns(1, [makeLink(5, 'eth5')]), overlay], 2, 5)).not.toHaveProperty('lowerLink');
  });

  test('a lower link in a netns nobody holds is unknown', () => {
    const inside = makeNetns(
      2,
      [makeLink(7, 'eth0', { link_index: 2, link_netnsid: 0, linkinfo: { info_kind: 'macvlan' } })],
      {
        nsids: nsids(undefined),
      },
    );
    expect(link([inside], 2, 7)?.lowerLink).toMatchObject({ certainty: 'unknown', ifindex: 2 });
  });

  test.each([
    [['UP', 'LOWER_UP'], 'up'],
    [['UP', 'NO-CARRIER'], 'no-carrier'],
    [['BROADCAST'], 'down'],
    [['UP'], 'unknown'],
  ])('flags %j mean %s', (flags, state) => {
    expect(link([makeNetns(1, [makeLink(2, 'eth0', { flags, operstate: 'UNKNOWN' })])], 1, 2)?.state).toBe(state);
  });
});

describe('containers', () => {
  const host = makeNetns(1, [makeLo(), makeLink(2, 'eth0')], { isHost: true, holders: [process(1), process(50)] });
  const own = makeNetns(100, [makeLo(), makeVeth(2, 'eth0', 9, 0)], {
    holders: [process(100), process(101), { kind: 'mount', path: '/run/docker/netns/abc' }],
  });
  const graphOf = (...containers: readonly ReturnType<typeof makeContainer>[]) =>
    buildGraph([makeSnapshot([host, own], [makeEngine(containers)])]);

  test('one in the host netns has no links that are its own', () => {
    const graph = graphOf(makeContainer('h', 50, { mode: 'host' }));
    expect([...graph.containers.values()][0]).toMatchObject({ netns: inode(1), links: [] });
    expect(graph.netns.get(inode(1))?.name).toBe('host');
  });

  test('two that share a netns both have its links, and it is called after its owner', () => {
    const graph = graphOf(makeContainer('aside', 101, { mode: 'container' }), makeContainer('web', 100));
    expect([...graph.containers.values()].map((one) => one.links)).toEqual([[id(100, 2)], [id(100, 2)]]);
    expect(graph.netns.get(inode(100))?.name).toBe('web');
  });

  test('a netns file and a process that disagree prove nothing', () => {
    const graph = graphOf(makeContainer('odd', 50, { sandboxKey: '/var/run/docker/netns/abc' }));
    expect([...graph.containers.values()][0]).not.toHaveProperty('netns');
    expect(graph.faults.map((fault) => fault.kind)).toContain('container-without-netns');
  });

  test('one that is not running has no netns and is no fault', () => {
    const graph = graphOf(makeContainer('old', 0, { state: 'exited' }));
    expect([...graph.containers.values()][0]).not.toHaveProperty('netns');
    expect(graph.faults).toEqual([]);
  });

  test('names of netns are unique though a container is called host', () => {
    const graph = graphOf(makeContainer('host', 100));
    expect([...graph.netns.values()].map((one) => one.name)).toEqual(['host', 'host (inode 100)']);
  });
});

describe('networks', () => {
  const host = makeNetns(
    1,
    [makeLink(2, 'eth0'), makeBridge(3, 'docker0'), makeBridge(4, 'br-app'), makeBridge(5, 'br-0123456789ab')],
    { isHost: true, holders: [process(1)] },
  );
  const carrier = (more: Parameters<typeof makeNetwork>[1], name = 'net') => {
    const network = makeNetwork(name, more);
    return buildGraph([makeSnapshot([host], [makeEngine([], [network])])]).networks.get(network.id)?.link;
  };

  test.each([
    ['the bridge its option names', { options: { 'com.docker.network.bridge.name': 'br-app' } }, 4],
    ['the bridge named after its id', { fullId: '0123456789ab'.padEnd(64, '0') }, 5],
    ['docker0 for the default network', { options: { 'com.docker.network.bridge.default_bridge': 'true' } }, 3],
    ['the parent of a macvlan', { driver: 'macvlan', options: { parent: 'eth0' } }, 2],
    ['the interface podman names', { engine: 'podman' as const, options: { network_interface: 'br-app' } }, 4],
  ])('are carried by %s', (_, more, ifindex) => {
    expect(carrier(more)).toEqual({ certainty: 'exact', to: id(1, ifindex) });
  });

  test('of Podman that name no bridge are carried by the one that holds their gateway', () => {
    const home = { ...host, addresses: [{ ifindex: 4, ifname: 'br-app', addr_info: [ipv4('10.89.0.1', 24)] }] };
    const network = makeNetwork('pod', {
      engine: 'podman',
      subnets: [{ subnet: '10.89.0.0/24', gateway: '10.89.0.1' }],
    });
    const linkIn = (netns: Netns) =>
      buildGraph([makeSnapshot([netns], [makeEngine([], [network])])]).networks.get(network.id)?.link;
    expect(linkIn(home)).toEqual({ certainty: 'exact', to: id(1, 4) });
    expect(linkIn(host)).toMatchObject({ certainty: 'unknown' });
  });

  test('without their bridge are unknown, and that is a fault', () => {
    const network = makeNetwork('gone', { options: { 'com.docker.network.bridge.name': 'br-gone' } });
    const graph = buildGraph([makeSnapshot([host], [makeEngine([], [network])])]);
    expect(graph.networks.get(network.id)?.link).toMatchObject({ certainty: 'unknown' });
    expect(graph.faults.map((fault) => fault.text)).toContain(
      "network gone has no bridge: there is no link br-gone in the engine's netns",
    );
  });

  test('are not carried by a link that only has the right name', () => {
    expect(carrier({ options: { 'com.docker.network.bridge.name': 'eth0' } })).toMatchObject({
      certainty: 'unknown',
      ifindex: 2,
    });
  });

  test('of drivers without links have none', () => {
    expect(carrier({ driver: 'null' })).toBeUndefined();
  });

  test('of an overlay are carried by br0 in the netns named after them', () => {
    const network = makeNetwork('mesh', { driver: 'overlay', fullId: 'whhryi40jzabcdef' });
    const overlay = makeNetns(9, [makeBridge(2, 'br0')], { names: ['docker/1-whhryi40jz'] });
    const graph = buildGraph([makeSnapshot([host, overlay], [makeEngine([], [network])])]);
    expect(graph.networks.get(network.id)?.link).toEqual({ certainty: 'exact', to: id(9, 2) });
  });

  test('of an engine in a netns of its own are looked for there', () => {
    const nested = makeNetns(9, [makeBridge(2, 'docker0')], { holders: [process(900, 'dockerd')] });
    const network = makeNetwork('bridge');
    const graph = buildGraph([makeSnapshot([host, nested], [makeEngine([], [network], { pid: 900 })])]);
    expect(graph.networks.get(network.id)?.link).toEqual({ certainty: 'exact', to: id(9, 2) });
  });
});

test('the graph of a host that tells nothing is empty, not an error', () => {
  const graph = buildGraph([makeSnapshot([makeNetns(1, undefined)])]);
  expect([graph.links.size, graph.netns.size, graph.faults]).toEqual([0, 1, []]);
});

test('addresses are those of the same ifindex', () => {
  const netns = makeNetns(1, [makeLink(2, 'eth0'), makeLink(3, 'eth1')], {
    addresses: [{ ifindex: 3, ifname: 'eth1', addr_info: [ipv4('10.0.0.1')] }],
  });
  expect(link([netns], 1, 2)?.addresses).toEqual([]);
  expect(link([netns], 1, 3)?.addresses.map((one) => one.local)).toEqual(['10.0.0.1']);
});
