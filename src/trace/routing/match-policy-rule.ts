/** Does a policy rule (`ip rule`) apply to a look-up? fib_rule_match, fib4_rule_match and fib6_rule_match. */
import type { PolicyRule } from '../../model/route.ts';
import { addressBits, parseAddress, prefixContains } from '../../std/ip-address.ts';
import { parseTos } from './compile-routes.ts';
import type { RouteKey } from './route-key.ts';

type Answer = 'yes' | 'no' | { readonly unknown: string };

const inPrefix = (address: string | undefined, text: string | undefined, length: number | undefined): boolean => {
  if (text === undefined || text === 'all' || text === 'default') return true;
  const prefix = parseAddress(text);
  if (prefix === undefined) return false;
  const bits = length ?? addressBits(prefix.family);
  // A look-up without an address has all zeroes there.
  const own = address === undefined ? { family: prefix.family, value: 0n } : parseAddress(address);
  return own !== undefined && prefixContains({ ...prefix, length: bits }, own);
};

const number = (value: unknown): number | undefined => (value === undefined ? undefined : Number(value));

const matchMark = (rule: PolicyRule, mark: number): boolean => {
  if (rule.fwmark === undefined) return true;
  const mask = rule.fwmask === undefined ? 0xffffffff : Number(rule.fwmask);
  return ((mark ^ Number(rule.fwmark)) & mask) === 0;
};

/** Ports nobody chose are taken from here (net.ipv4.ip_local_port_range). */
export type PortRange = readonly [number, number];

const matchPort = (
  rule: PolicyRule,
  end: 'sport' | 'dport',
  port: number | undefined,
  ephemeral: PortRange,
): Answer => {
  const first = number(rule[`${end}_start`] ?? rule[end]);
  if (first === undefined) return 'yes';
  const last = number(rule[`${end}_end`]) ?? first;
  if (port === undefined && (last < ephemeral[0] || first > ephemeral[1])) return 'no';
  if (port === undefined) return { unknown: `the rule asks for ${end} ${first}${last === first ? '' : `-${last}`}` };
  return port >= first && port <= last ? 'yes' : 'no';
};

const protocolNumbers: Readonly<Record<string, number>> = {
  icmp: 1,
  tcp: 6,
  udp: 17,
  icmpv6: 58,
  'ipv6-icmp': 58,
  sctp: 132,
};
const protocolNumber = (proto: string | number): number => protocolNumbers[String(proto)] ?? Number(proto);

const matchProtocol = (rule: PolicyRule, key: RouteKey): boolean =>
  rule['ipproto'] === undefined ||
  (key.proto !== undefined && protocolNumber(rule['ipproto'] as string) === protocolNumber(key.proto));

const matchUser = (rule: PolicyRule, key: RouteKey): Answer => {
  const start = number(rule['uid_start']);
  if (start === undefined) return 'yes';
  // Forwarded packets have no socket: uid 0 in the look-up key would be wrong, the kernel leaves it invalid.
  if (key.iif !== 'lo') return 'no';
  return { unknown: `the rule asks for user ${start}-${rule['uid_end'] ?? start}` };
};

const matchSelectors = (rule: PolicyRule, key: RouteKey, ephemeral: PortRange): Answer => {
  const certain =
    (rule.iif === undefined || rule.iif === key.iif) &&
    (rule.oif === undefined || rule.oif === key.oif) &&
    matchMark(rule, key.mark) &&
    inPrefix(key.src, rule.src, rule.srclen) &&
    inPrefix(key.dst, rule.dst, rule.dstlen) &&
    matchProtocol(rule, key);
  if (!certain) return 'no';
  const tos = parseTos(rule['tos'] as string | undefined);
  if (tos === undefined) return { unknown: `the rule asks for tos ${String(rule['tos'])}` };
  if (tos !== 0 && tos !== (key.tos & 0xfc)) return 'no';
  if (rule['tun_id'] !== undefined) return { unknown: 'the rule asks for a tunnel id' };
  if (rule['l3mdev'] !== undefined) return { unknown: 'the rule serves VRFs' };
  for (const answer of [
    matchPort(rule, 'sport', key.sport, ephemeral),
    matchPort(rule, 'dport', key.dport, ephemeral),
    matchUser(rule, key),
  ]) {
    if (answer !== 'yes') return answer;
  }
  return 'yes';
};

export const matchPolicyRule = (rule: PolicyRule, key: RouteKey, ephemeral: PortRange): Answer => {
  const answer = matchSelectors(rule, key, ephemeral);
  if (rule.not === undefined || typeof answer === 'object') return answer;
  return answer === 'yes' ? 'no' : 'yes';
};
