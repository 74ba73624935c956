/** iptables' addrtype match: types of addresses by a look-up for IPv4, by class and look-up for IPv6 (xt_addrtype). */
import type { ClauseOption, Expression, Statement } from '../../model/statement.ts';
import { constant, isOrNot, match, oneOf, payload } from '../build.ts';

export function addrtypeStatements(
  options: readonly ClauseOption[],
  family: 'ip' | 'ip6',
): readonly Statement[] | undefined {
  const has = (name: string): boolean => options.some((option) => option.name === name);
  const limit = has('--limit-iface-in') ? ['iif'] : has('--limit-iface-out') ? ['oif'] : [];
  const statements: Statement[] = [];
  for (const option of options) {
    const side = sides[option.name];
    if (side === undefined && !option.name.startsWith('--limit-iface-')) return undefined;
    if (side === undefined) continue;
    const types = (option.values[0] ?? '').toLowerCase().split(',');
    const look: Expression = { kind: 'fib', result: 'type', flags: [side, ...limit] };
    if (family === 'ip') statements.push(isOrNot(look, option.negated, oneOf(types.map(constant))));
    else statements.push({ kind: 'either', negated: option.negated, alternatives: [testsOfIpv6(look, side, types)] });
  }
  return statements;
}

const sides: Readonly<Record<string, 'saddr' | 'daddr'>> = { '--src-type': 'saddr', '--dst-type': 'daddr' };

const lookedUp: ReadonlySet<string> = new Set(['local', 'anycast', 'unreachable']);

/**
 * match_type6: MULTICAST, UNICAST and UNSPEC are asked of the address itself and all of them must hold; a local address is UNICAST as
 * well; types IPv6 has not are passed over.
 */
function testsOfIpv6(look: Expression, side: 'saddr' | 'daddr', types: readonly string[]): readonly Statement[] {
  const address = payload('ip6', side);
  const multicast: Expression = { kind: 'prefix', address: 'ff00::', length: 8 };
  const tests: Statement[] = [];
  if (types.includes('multicast')) tests.push(match(address, '==', multicast));
  if (types.includes('unicast')) tests.push(match(address, '!=', oneOf([multicast, constant('::'), mapped])));
  if (types.includes('unspec')) tests.push(match(address, '==', constant('::')));
  const asked = types.filter((type) => lookedUp.has(type));
  return asked.length === 0 ? tests : [...tests, match(look, '==', oneOf(asked.map(constant)))];
}

/** Neither unicast nor anything else (__ipv6_addr_type). */
const mapped: Expression = { kind: 'prefix', address: '::ffff:0:0', length: 96 };
