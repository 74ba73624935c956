/** What `ip route`, `ip rule` and `ip neigh` print for people → what they print with -j. */
import { routeTypes } from '../../../model/route.ts';
import { as, type Fact, linesOf, listed, mark, takeWords, toValue, wordsOf } from './take-words.ts';

const flags = ['onlink', 'linkdown', 'dead', 'pervasive', 'offload', 'trap', 'rt_offload', 'rt_trap', 'unresolved'];

const metric =
  (name: string) =>
  (fact: Fact, next: string, [after = '']: readonly string[]): number => {
    const isLocked = next === 'lock';
    const before = (fact['metrics'] as readonly [Fact] | undefined)?.[0] ?? {};
    fact['metrics'] = [{ ...before, [name]: Number(isLocked ? after : next) }];
    return isLocked ? 2 : 1;
  };

/** `via 10.0.0.1`, or `via inet6 fe80::1` for a next hop of the other family. */
const via = (fact: Fact, next: string, [after = '']: readonly string[]): number => {
  const isOther = next === 'inet' || next === 'inet6';
  if (isOther) fact['via'] = { family: next, host: after };
  else fact['gateway'] = next;
  return isOther ? 2 : 1;
};

const ofHop = {
  via,
  dev: as('dev'),
  weight: as('weight', toValue),
  ...Object.fromEntries(flags.map((flag) => [flag, listed('flags', flag)])),
};
const ofRoute = {
  ...ofHop,
  table: as('table'),
  proto: as('protocol'),
  scope: as('scope'),
  src: as('prefsrc'),
  from: as('src'),
  metric: as('metric', toValue),
  tos: as('tos'),
  pref: as('pref'),
  nhid: as('nhid', toValue),
  mtu: metric('mtu'),
  advmss: metric('advmss'),
};

export const parsePrintedRoutes = (text: string): readonly Fact[] => {
  const routes: Fact[] = [];
  for (const line of linesOf(text)) {
    const words = wordsOf(line);
    const last = routes.at(-1);
    if (words[0] === 'nexthop' && last !== undefined) {
      const hop: Fact = { flags: [] };
      takeWords(words.slice(1), hop, ofHop);
      last['nexthops'] = [...((last['nexthops'] as readonly Fact[] | undefined) ?? []), hop];
      continue;
    }
    const isTyped = routeTypes.includes(words[0] ?? '');
    const dst = words[isTyped ? 1 : 0];
    if (dst === undefined || !/^(default|[0-9a-fA-F:.]+(\/\d+)?)$/.test(dst) || /^\s/.test(line)) continue;
    const route: Fact = { ...(isTyped ? { type: words[0] } : {}), dst, flags: [] };
    takeWords(words.slice(isTyped ? 2 : 1), route, ofRoute);
    routes.push(route);
  }
  return routes;
};

const prefix =
  (name: string) =>
  (fact: Fact, next: string): number => {
    const [address, length] = next.split('/');
    fact[name] = address;
    if (length !== undefined) fact[`${name}len`] = Number(length);
    return 1;
  };

const markAndMask = (fact: Fact, next: string): number => {
  const [value, mask] = next.split('/');
  fact['fwmark'] = value;
  if (mask !== undefined) fact['fwmask'] = mask;
  return 1;
};

const range =
  (name: string, from: string, to: string) =>
  (fact: Fact, next: string): number => {
    const [first, last] = next.split('-');
    if (last === undefined) fact[name] = Number(first);
    else Object.assign(fact, { [from]: Number(first), [to]: Number(last) });
    return 1;
  };

const ofRule = {
  not: mark('not', null),
  from: prefix('src'),
  to: prefix('dst'),
  tos: as('tos'),
  dsfield: as('tos'),
  fwmark: markAndMask,
  iif: as('iif'),
  oif: as('oif'),
  '[detached]': mark('detached', null),
  uidrange: range('uid', 'uid_start', 'uid_end'),
  ipproto: as('ipproto'),
  sport: range('sport', 'sport_start', 'sport_end'),
  dport: range('dport', 'dport_start', 'dport_end'),
  tun_id: as('tun_id'),
  lookup: as('table'),
  table: as('table'),
  l3mdev: mark('l3mdev', null),
  suppress_prefixlength: as('suppress_prefixlen', toValue),
  suppress_ifgroup: as('suppress_ifgroup'),
  goto: as('goto', toValue),
  proto: as('protocol'),
  '[unresolved]': mark('unresolved', null),
  ...Object.fromEntries(
    ['unreachable', 'prohibit', 'blackhole', 'nop'].map((action) => [action, mark('action', action)]),
  ),
};

/** A word nobody knows may narrow the rule: it becomes a field of its own, for those who match to doubt. */
export const parsePrintedRules = (text: string): readonly Fact[] =>
  linesOf(text).flatMap((line) => {
    const [, priority, rest = ''] = /^(\d+):\s+(.*)$/.exec(line) ?? [];
    if (priority === undefined) return [];
    const rule: Fact = { priority: Number(priority), src: 'all' };
    for (const word of takeWords(wordsOf(rest), rule, ofRule)) rule[word] = null;
    return [rule];
  });

const states = new Set(['REACHABLE', 'STALE', 'DELAY', 'PROBE', 'FAILED', 'INCOMPLETE', 'PERMANENT', 'NOARP', 'NONE']);

export const parsePrintedNeighbours = (text: string): readonly Fact[] =>
  linesOf(text).flatMap((line) => {
    const [dst = '', ...words] = wordsOf(line);
    if (!words.includes('dev')) return [];
    const neighbour: Fact = { dst };
    const rest = takeWords(words, neighbour, {
      dev: as('dev'),
      lladdr: as('lladdr'),
      router: mark('router', null),
      proxy: mark('proxy', null),
      extern_learn: mark('extern_learn', null),
    });
    const state = rest.filter((word) => states.has(word));
    return [{ ...neighbour, state }];
  });
