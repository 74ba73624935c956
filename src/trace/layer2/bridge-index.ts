/** What lies behind the ports of a bridge, worked out once: MACs, ways out of the picture, fdb entries. */
import type { LinkNode } from '../../graph/graph.ts';
import type { FdbEntry } from '../../model/link.ts';
import { macsBehind } from '../tunnels/remotes.ts';
import { tunnelOf } from '../tunnels/tunnel.ts';
import type { World } from '../world.ts';
import { remember } from '../world.ts';
import type { Vlan } from './bridge-port.ts';
import { vlanOutside } from './bridge-port.ts';
import { floodFrom } from './flood.ts';

export interface BridgeIndex {
  /** MAC → ports behind which a link has it, whether the bridge would send there or not. */
  readonly ports: ReadonlyMap<string, readonly LinkNode[]>;
  /** Ports that lead to where we cannot see. */
  readonly wires: readonly LinkNode[];
  readonly fdb: ReadonlyMap<string, readonly FdbEntry[]>;
  readonly portByName: ReadonlyMap<string, LinkNode>;
}

const push = <Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void => {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
};

const fdbOf = (world: World, bridge: LinkNode): ReadonlyMap<string, readonly FdbEntry[]> => {
  const entries = new Map<string, FdbEntry[]>();
  for (const entry of world.view(bridge.netns).node.facts.fdb ?? []) {
    const ours = entry.master === bridge.facts.ifname && !entry.flags?.includes('self');
    if (ours) push(entries, entry.mac, entry);
  }
  return entries;
};

/** `inside`: VLAN of the frame inside the bridge. */
export const bridgeIndex = (world: World, bridge: LinkNode, inside: Vlan): BridgeIndex =>
  remember(world.memo, `bridge ${bridge.id} ${inside}`, () => {
    const all = bridge.ports.map((id) => world.link(id));
    const ports = new Map<string, LinkNode[]>();
    const wires: LinkNode[] = [];
    for (const port of all) {
      const outside = vlanOutside(world, bridge, port, inside);
      const segment = floodFrom(world, port, 'unicast', 'vlan' in outside ? outside.vlan : inside);
      const tunnel = tunnelOf(port);
      const fixed = tunnel === undefined ? [] : macsBehind(world, tunnel);
      const macs = new Set([...segment.receivers.map((link) => link.facts.address), ...fixed]);
      for (const mac of macs) if (mac !== undefined) push(ports, mac, port);
      if (segment.beyond.length > 0) wires.push(port);
    }
    return {
      ports,
      wires,
      fdb: fdbOf(world, bridge),
      portByName: new Map(all.map((port) => [port.facts.ifname, port])),
    };
  });
