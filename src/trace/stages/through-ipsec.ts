/**
 * Encrypted swarm overlays: dockerd's mark asks for IPsec, and its policies and keys for each other host turn the VXLAN packet into ESP (xfrm4_output,
 * transport mode). Policies are not among the facts, so both ways are followed: where they end alike, the outcome is certain all the same.
 */
import type { Packet } from '../../model/packet.ts';
import type { Flight, Inside, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { note } from '../journal.ts';
import type { World } from '../world.ts';
import { deliver } from './deliver.ts';
import { send } from './send.ts';

/** `mark = uint32(0xD0C4E3)` of moby's overlay driver. */
const dockersMark = 0xd0c4e3;
const esp = 50;
/** Header, initial vector, padding and check of AES-GCM: what takes the MTU of such a network from 1450 to 1424. */
const overhead = 26;

const asEsp = (packet: Packet): Packet => {
  const { sport: _sport, dport: _dport, ...rest } = packet;
  return { ...rest, proto: esp, length: packet.length + overhead };
};

const throughEsp = (world: World, flight: Flight, carried: Inside): Next => {
  const { packet } = flight;
  const text = `IPsec puts it into ESP for ${packet.dst}: the overlay is encrypted`;
  const noted = note(
    world,
    { ...flight, packet: asEsp(packet) },
    {
      kind: 'tunnel',
      verdict: 'changed',
      text,
      evidence: { fact: `mark 0x${dockersMark.toString(16)}`, source: 'iptables' },
    },
  );
  const { bridgePort: _port, ...rest } = noted;
  const tunnel = { ...carried.tunnel, kind: 'esp', proto: esp, layer: 3 } as const;
  const { port: _udp, key: _vni, ...bare } = tunnel;
  const inside: Inside = { ...carried, tunnel: bare, packet, vlan: 0, seen: [], direction: 'request', inside: carried };
  return send(world, { ...rest, inside, seen: [] }, { what: 'sends', once: true, source: packet.src });
};

/** undefined: nobody asks for encryption. */
export const throughIpsec = (world: World, flight: Flight, plain: () => Next): Next | undefined => {
  const { inside, packet } = flight;
  if (inside?.tunnel.kind !== 'vxlan' || packet.mark !== dockersMark || !flight.local) return undefined;
  const why = `whether dockerd's IPsec policy and keys from ${packet.src} to ${packet.dst} stand on both hosts (ip xfrm policy, ip xfrm state)`;
  return { kind: 'split', why, ways: [() => throughEsp(world, flight, inside), plain] };
};

/** It is delivered a second time, as what it was; rules can ask how it came (xfrm4_transport_finish, xt_policy). */
export const decrypt = (world: World, flight: Flight, { packet, inside }: Inside): Next => {
  const link = world.view(flight.netns).linkByName.get(flight.packet.in ?? '');
  const taken = {
    ...packet,
    ...(flight.packet.in !== undefined && { in: flight.packet.in }),
    mark: flight.packet.mark,
  };
  const noted = note(
    world,
    { ...flight, packet: taken },
    {
      kind: 'tunnel',
      verdict: 'changed',
      text: 'IPsec takes it out of ESP',
      evidence: { source: 'ip xfrm state' },
    },
  );
  const { inside: _esp, ...rest } = noted;
  const arrived: Flight = {
    ...rest,
    ...(inside !== undefined && { inside }),
    tracking: { entries: flight.tracking.entries, untracked: false },
    decryptedIn: flight.netns,
  };
  return go(() => deliver(world, arrived, link!));
};
