/** `[HOST/]NAME[:PORT][/proto]` taken apart; IPv6 addresses with a port stand in brackets. */
import type { Proto } from '../../model/packet.ts';
import { parseAddress } from '../../std/ip-address.ts';

export interface Target {
  readonly name: string;
  readonly port?: number;
  readonly proto?: Proto;
}

const protocols: ReadonlySet<string> = new Set(['tcp', 'udp', 'icmp', 'icmpv6', 'sctp']);

const splitPort = (text: string): { readonly name: string; readonly port?: number } | { readonly error: string } => {
  const bracketed = /^\[([^\]]*)\](?::(\d+))?$/.exec(text);
  if (bracketed !== null)
    return { name: bracketed[1]!, ...(bracketed[2] !== undefined && { port: Number(bracketed[2]) }) };
  if (parseAddress(text) !== undefined) return { name: text };
  if (text.startsWith(':')) return { error: `${text}: a name is missing before the colon` };
  const split = /^(.+):(\d+)$/.exec(text);
  if (split === null)
    return text.endsWith(':') ? { error: `${text}: a port is missing after the colon` } : { name: text };
  // `netns:4026531840` and `pid:17` are names, not ports.
  if (/^(?:[^/:]*\/)?(?:netns|pid)$/.test(split[1]!)) return { name: text };
  return { name: split[1]!, port: Number(split[2]) };
};

export const parseTarget = (text: string): Target | { readonly error: string } => {
  const slash = text.lastIndexOf('/');
  const last = slash < 0 ? undefined : text.slice(slash + 1).toLowerCase();
  const known = last !== undefined && protocols.has(last);
  // What follows the port can only be a protocol; before it a slash stands between a host and a name.
  if (last !== undefined && !known && /:\d+\/[^/:]*$/.test(text))
    return { error: `${text}: unknown protocol ${last} (tcp, udp, icmp, sctp)` };
  const proto = known ? last : undefined;
  const parts = splitPort(proto === undefined ? text : text.slice(0, slash));
  if ('error' in parts) return parts;
  if (parts.name === '') return { error: `${text}: a name is missing` };
  if (parts.port !== undefined && (parts.port < 1 || parts.port > 65_535))
    return { error: `${text}: a port is 1 to 65535` };
  const needsPort = proto === 'tcp' || proto === 'udp' || proto === 'sctp';
  if (needsPort && parts.port === undefined) return { error: `${text}: ${proto} needs a port (NAME:PORT/${proto})` };
  return { ...parts, ...(proto !== undefined && { proto: proto as Proto }) };
};
