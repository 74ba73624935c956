/** `list pools`: the subnets an engine has for its networks, used, passed over and free. */
import type { Graph } from '../../graph/graph.ts';
import { findAddressBlocks } from '../../systems/docker-address-pools.ts';
import { optional } from '../refs.ts';
import type { PoolRow } from '../schemas/list-schema.ts';

export const listPools = (graph: Graph): PoolRow[] =>
  findAddressBlocks(graph).map(({ engine, pool, subnet, blocks, state, network, route, addresses }) => {
    const node = network === undefined ? undefined : graph.networks.get(network);
    return {
      engine,
      ...optional('pool', pool),
      subnet,
      blocks,
      state,
      ...(node === undefined ? {} : { network: { id: node.facts.fullId, name: node.facts.name } }),
      ...optional('route', route),
      ...optional('addresses', addresses),
    };
  });
