/** IFLA_LINKINFO: what kind of link it is, what it is a port of, and the data of both. */
import type { LinkInfo } from '../../../model/link.ts';
import { type Attributes, hasAttribute, nestedAttributes, readText } from '../wire/attributes.ts';
import { decodeBridgePortState } from './kinds/bridge.ts';
import { linkKinds, portKinds } from './kinds/kinds.ts';
import type { LinkContext } from './link-context.ts';

const IFLA_LINKINFO = 18;

/** A bridge and its ports have some fifty numbers each, of which a port's state counts; other kinds say in few fields what they are (macvlan's mode, a vlan's id). */
export const decodeBriefLinkInfo = (attributes: Attributes, context: LinkContext): LinkInfo | undefined => {
  if (!hasAttribute(attributes, IFLA_LINKINFO)) return undefined;
  const info = nestedAttributes(attributes, IFLA_LINKINFO);
  const kind = readText(info, 1);
  const portKind = readText(info, 4);
  const decode = kind === undefined || kind === 'bridge' || !hasAttribute(info, 2) ? undefined : linkKinds[kind];
  const isBridgePort = portKind === 'bridge' && hasAttribute(info, 5);
  return {
    ...(kind === undefined ? {} : { info_kind: kind }),
    ...(decode === undefined ? {} : { info_data: decode(nestedAttributes(info, 2), context) }),
    ...(portKind === undefined ? {} : { info_slave_kind: portKind }),
    ...(isBridgePort ? { info_slave_data: decodeBridgePortState(nestedAttributes(info, 5)) } : {}),
  };
};

export const decodeLinkInfo = (attributes: Attributes, context: LinkContext): LinkInfo | undefined => {
  if (!hasAttribute(attributes, IFLA_LINKINFO)) return undefined;
  const info = nestedAttributes(attributes, IFLA_LINKINFO);
  const kind = readText(info, 1);
  const portKind = readText(info, 4);
  const decode = kind === undefined || !hasAttribute(info, 2) ? undefined : linkKinds[kind];
  const decodePort = portKind === undefined || !hasAttribute(info, 5) ? undefined : portKinds[portKind];
  return {
    ...(kind === undefined ? {} : { info_kind: kind }),
    ...(decode === undefined ? {} : { info_data: decode(nestedAttributes(info, 2), context) }),
    ...(portKind === undefined ? {} : { info_slave_kind: portKind }),
    ...(decodePort === undefined ? {} : { info_slave_data: decodePort(nestedAttributes(info, 5), context) }),
  };
};
