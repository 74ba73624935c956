/** Every link kind whose attributes we know, and how to decode them. A kind not listed has no data, or data we do not show. */
import type { Attributes } from '../../wire/attributes.ts';
import type { LinkContext } from '../link-context.ts';
import { decodeBond, decodeBondPort } from './bond.ts';
import { decodeBridge, decodeBridgePort } from './bridge.ts';
import { decodeFields, type Field } from './fields.ts';
import { decodeIpvlan, decodeMacvlan, decodeTun, netkitFields, vlanFields, vrfFields } from './simple.ts';
import { decodeGre, decodeGre6, decodeIp6Tunnel, decodeIpTunnel, vtiFields, xfrmFields } from './tunnels.ts';
import { decodeGeneve, decodeVxlan } from './vxlan.ts';

type DecodeKind = (attributes: Attributes, context: LinkContext) => Record<string, unknown>;

const plain =
  (fields: readonly Field[]): DecodeKind =>
  (attributes, context) =>
    decodeFields(fields, attributes, context);

export const linkKinds: Readonly<Record<string, DecodeKind>> = {
  bridge: decodeBridge,
  vxlan: decodeVxlan,
  geneve: decodeGeneve,
  vlan: plain(vlanFields),
  macvlan: decodeMacvlan,
  macvtap: decodeMacvlan,
  ipvlan: decodeIpvlan,
  ipvtap: decodeIpvlan,
  tun: decodeTun,
  vrf: plain(vrfFields),
  bond: decodeBond,
  netkit: plain(netkitFields),
  gre: decodeGre,
  gretap: decodeGre,
  erspan: decodeGre,
  ip6gre: decodeGre6,
  ip6gretap: decodeGre6,
  ip6erspan: decodeGre6,
  ipip: decodeIpTunnel,
  sit: decodeIpTunnel,
  ip6tnl: decodeIp6Tunnel,
  vti: plain(vtiFields),
  vti6: plain(vtiFields),
  xfrm: plain(xfrmFields),
};

export const portKinds: Readonly<Record<string, DecodeKind>> = {
  bridge: decodeBridgePort,
  bond: decodeBondPort,
  vrf: plain(vrfFields),
};
