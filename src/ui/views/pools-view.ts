/** The address pools of the engines: which subnets are used, passed over, free. */
import { type AddressBlock, findAddressBlocks } from '../../systems/docker-address-pools.ts';
import { span } from '../format/line.ts';
import type { Ref } from '../ref.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

const stateStyle = { used: 'plain', taken: 'warn', free: 'good' } as const;

const usage = ({ addresses }: AddressBlock): string =>
  addresses === undefined ? '' : `${addresses.used}/${addresses.of}`;

const poolItem = (block: AddressBlock, { graph }: ViewContext): Item => {
  const network = block.network === undefined ? undefined : graph.networks.get(block.network);
  const full = block.addresses !== undefined && block.addresses.used >= block.addresses.of;
  const id = `pool ${block.host} ${block.pool ?? ''} ${block.subnet}`;
  const ref: Ref = network === undefined ? { kind: 'host', id: block.host } : { kind: 'network', id: network.id };
  return {
    id,
    ref,
    faulty: full || block.state === 'taken',
    copy: block.subnet,
    cells: [
      ...(graph.hosts.size > 1 ? [block.host] : ['']),
      block.pool ?? '-',
      block.subnet,
      span(block.state, stateStyle[block.state]),
      network?.facts.name ??
        block.route ??
        (block.blocks > 1 ? `room for ${block.blocks} networks` : 'room for 1 network'),
      full ? span(usage(block), 'bad') : usage(block),
    ],
  };
};

export const poolsView: View = {
  id: 'pools',
  title: 'Pools',
  key: 'A',
  aliases: ['pools', 'pool', 'addresses', 'subnets'],
  about:
    'The address pools an engine takes subnets from: used by a network, taken by a route of the host (the engine passes it over), or free; and how many addresses of each are held.',
  empty: 'No engine whose address pools are known.',
  columns: [
    { id: 'host', title: 'HOST', leaves: 2 },
    { id: 'pool', title: 'POOL', leaves: 5, min: 10 },
    { id: 'subnet', title: 'SUBNET', min: 18 },
    { id: 'state', title: 'STATE' },
    { id: 'by', title: 'BY', min: 20 },
    { id: 'addresses', title: 'ADDRESSES', align: 'right', leaves: 1 },
  ],
  build: (context) => findAddressBlocks(context.graph).map((block) => poolItem(block, context)),
};
