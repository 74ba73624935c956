import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Engine } from '../../src/model/container.ts';
import type { Route } from '../../src/model/route.ts';
import { findAddressBlocks } from '../../src/systems/docker-address-pools.ts';
import { makeContainer, makeEngine, makeNetns, makeNetwork, makeSnapshot } from '../graph/make-snapshot.ts';

const route = (dst: string, more: Partial<Route> = {}): Route => ({
  type: 'unicast',
  dst,
  dev: 'eth0',
  table: 'main',
  protocol: 'kernel',
  scope: 'link',
  flags: [],
  ...more,
});

const blocks = (engine: Engine, routes: readonly Route[] = []) =>
  findAddressBlocks(buildGraph([makeSnapshot([makeNetns(1, [], { isHost: true, routes })], [engine])])).map((one) =>
    [
      one.pool ?? '-',
      one.subnet,
      one.state,
      one.addresses === undefined ? '' : `${one.addresses.used}/${one.addresses.of}`,
      one.route ?? '',
    ]
      .join(' ')
      .trim(),
  );

const network = (name: string, subnet: string, ipRange?: string) =>
  makeNetwork(name, { subnets: [{ subnet, ...(ipRange === undefined ? {} : { ipRange }) }] });

describe('the address pools of an engine', () => {
  test('are the built-in ones where none are set, told as used and as stretches of free ones', () => {
    expect(blocks(makeEngine([], [network('bridge', '172.17.0.0/16'), network('app', '172.21.0.0/16')]))).toEqual([
      '172.17.0.0/16 172.17.0.0/16 used 0/65533',
      '172.18.0.0/16 172.18.0.0/16 free',
      '172.19.0.0/16 172.19.0.0/16 free',
      '172.20.0.0/14 172.20.0.0/16 free',
      '172.20.0.0/14 172.21.0.0/16 used 0/65533',
      '172.20.0.0/14 172.22.0.0/16 - 172.23.0.0/16 free',
      '172.24.0.0/14 172.24.0.0/16 - 172.27.0.0/16 free',
      '172.28.0.0/14 172.28.0.0/16 - 172.31.0.0/16 free',
      '192.168.0.0/16 192.168.0.0/20 - 192.168.240.0/20 free',
    ]);
  });

  const pool = { addressPools: [{ base: '10.9.0.0/22', size: 24 }] };

  test('a block that overlaps a route on a link is passed over; one behind a gateway only by old engines', () => {
    const routes = [
      route('10.9.0.0/24'),
      route('10.9.2.128/25', { gateway: '10.9.0.1', scope: 'global' }),
      route('default'),
    ];
    expect(blocks(makeEngine([], [], pool), routes)).toEqual([
      '10.9.0.0/22 10.9.0.0/24 taken  10.9.0.0/24 dev eth0',
      '10.9.0.0/22 10.9.1.0/24 - 10.9.3.0/24 free',
    ]);
    expect(blocks(makeEngine([], [], { ...pool, version: '20.10.5' }), routes)).toEqual([
      '10.9.0.0/22 10.9.0.0/24 taken  10.9.0.0/24 dev eth0',
      '10.9.0.0/22 10.9.1.0/24 free',
      '10.9.0.0/22 10.9.2.0/24 taken  10.9.2.128/25 via 10.9.0.1 dev eth0',
      '10.9.0.0/22 10.9.3.0/24 free',
    ]);
  });

  test("a network's own route takes nothing from it, a wide network is told once, a subnet outside the pools comes last", () => {
    const networks = [network('wide', '10.9.0.0/23'), network('own', '192.0.2.0/29', '192.0.2.4/30')];
    const db = makeContainer('db', 10, {
      endpoints: [{ network: 'own', networkId: networks[1]!.fullId, aliases: [] }],
    });
    expect(blocks(makeEngine([db], networks, pool), [route('10.9.0.0/23', { dev: 'br-wide' })])).toEqual([
      '10.9.0.0/22 10.9.0.0/23 used 0/509',
      '10.9.0.0/22 10.9.2.0/24 - 10.9.3.0/24 free',
      '- 192.0.2.0/29 used 1/4',
    ]);
  });

  test('of an engine that does not tell its pools only the networks are shown', () => {
    expect(blocks(makeEngine([], [], { kind: 'podman' }))).toEqual([]);
  });
});
