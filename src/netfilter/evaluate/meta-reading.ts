/** nft's meta keys, and iptables' physdev: what is known of a packet besides its bytes. */
import { isUnknown, unknown } from '../context.ts';
import { etherTypes, nfProtocols, packetTypes, protocolNumbers } from './symbols.ts';
import { boolean, link, linkIndex, number, type Read, type Reading, symbolic, type Value } from './value.ts';

const reading = (type: Reading['type'], read: Read): Reading => ({ type, read });

/** Chains of the bridge family see ports where the others see the bridge. */
const linkName =
  (side: 'in' | 'out', bridgeFamily: boolean): Read =>
  ({ packet }) =>
    (bridgeFamily ? packet[side === 'in' ? 'physin' : 'physout'] : undefined) ?? packet[side] ?? '';

const group =
  (side: 'in' | 'out'): Read =>
  ({ packet, context }) => {
    const name = packet[side];
    if (name === undefined) return undefined;
    return context.linkGroup?.(name) ?? unknown(`the group of link ${name}`);
  };

const owner =
  (what: 'uid' | 'gid'): Read =>
  ({ context }) => {
    if (context.socket === null || (!context.local && context.socket === undefined)) return undefined;
    return context.socket?.[what] ?? unknown(what === 'uid' ? 'which user sends' : 'which group sends');
  };

const packetType: Read = ({ context }) =>
  isUnknown(context.pktType) ? context.pktType : (packetTypes[context.pktType] ?? unknown('the packet type'));

const ipsec: Read = ({ context }): Value => context.ipsec?.in ?? false;

const markOf: Read = (view) => view.unknownMark ?? view.packet.mark;

export function metaReading(key: string, bridgeFamily: boolean): Reading {
  switch (key) {
    case 'iifname':
    case 'iif':
      return reading(key === 'iif' ? linkIndex : link, linkName('in', bridgeFamily));
    case 'oifname':
    case 'oif':
      return reading(key === 'oif' ? linkIndex : link, linkName('out', bridgeFamily));
    case 'ibrname':
    case 'ibridgename':
      return reading(link, ({ packet }) => (packet.physin === undefined ? '' : (packet.in ?? '')));
    case 'obrname':
    case 'obridgename':
      return reading(link, ({ packet }) => (packet.physout === undefined ? '' : (packet.out ?? '')));
    case 'l4proto':
      return reading(symbolic(protocolNumbers), (view) => view.proto);
    case 'nfproto':
      return reading(symbolic(nfProtocols), ({ packet }) => (packet.family === 4 ? 2 : 10));
    case 'protocol':
      return reading(symbolic(etherTypes), ({ packet }) => (packet.family === 4 ? 0x800 : 0x86dd));
    case 'mark':
      return reading(number, markOf);
    case 'pkttype':
      return reading(symbolic(packetTypes), packetType);
    case 'length':
      return reading(number, ({ packet }) => packet.length);
    case 'skuid':
      return reading(number, owner('uid'));
    case 'skgid':
      return reading(number, owner('gid'));
    case 'iifgroup':
      return reading(number, group('in'));
    case 'oifgroup':
      return reading(number, group('out'));
    case 'ipsec':
    case 'secpath':
      return reading(boolean, ipsec);
    default:
      return reading(number, () => unknown(`meta ${key} of the packet`));
  }
}

/** A frame that was never on a bridge has no ports: `physdev_mt` then answers as if the names were empty. */
export function physdevReading(key: 'in' | 'out' | 'is-in' | 'is-out' | 'is-bridged'): Reading {
  if (key === 'in' || key === 'out')
    return reading(link, (view) => (key === 'in' ? view.packet.physin : view.packet.physout) ?? '');
  return reading(boolean, ({ packet }) => (key === 'is-in' ? packet.physin : packet.physout) !== undefined);
}
