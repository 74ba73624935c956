/** Policy rules and routing tables: the kernel's fib_lookup for IPv4 and IPv6. */
import type { PolicyRule } from '../../model/route.ts';
import { addressBits, parseAddress } from '../../std/ip-address.ts';
import { ephemeralPorts, linkSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';
import type { CompiledRoute, RouteHop, RoutingTable } from './compile-routes.ts';
import { tableName } from './compile-routes.ts';
import { matchPolicyRule } from './match-policy-rule.ts';
import type { RouteAnswer, RouteKey } from './route-key.ts';

const refusals: ReadonlySet<string> = new Set(['blackhole', 'unreachable', 'prohibit']);

/** fib_lookup_good_nhc and its IPv6 twin in find_match. */
const isUsable = (view: NetnsView, key: RouteKey, hop: RouteHop): boolean => {
  if (hop.dead) return false;
  if (key.oif !== undefined && hop.dev !== undefined && hop.dev !== key.oif) return false;
  if (!hop.linkdown || key.ignoreLinkState || hop.dev === undefined) return true;
  return linkSysctl(view, key.family, hop.dev, 'ignore_routes_with_linkdown') !== 1;
};

type TableAnswer =
  | { readonly kind: 'found'; readonly route: CompiledRoute; readonly hops: readonly RouteHop[] }
  | { readonly kind: 'refused'; readonly route: CompiledRoute }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };

const tryRoutes = (view: NetnsView, key: RouteKey, routes: readonly CompiledRoute[]): TableAnswer => {
  for (const route of routes) {
    if (route.tos === undefined) return { kind: 'unknown', reason: `a route has the tos ${route.facts.tos}` };
    if (route.tos !== 0 && route.tos !== (key.tos & 0xfc)) continue;
    if (refusals.has(route.facts.type)) return { kind: 'refused', route };
    // throw: this table has no answer, whatever shorter prefixes it has.
    if (route.facts.type === 'throw') return { kind: 'refused', route };
    const hops = route.hops.filter((hop) => isUsable(view, key, hop));
    if (hops.length > 0) return { kind: 'found', route, hops };
  }
  return { kind: 'none' };
};

const lookupTable = (view: NetnsView, key: RouteKey, table: RoutingTable, value: bigint): TableAnswer => {
  for (const length of table.lengths) {
    const routes = table.networks.get(length)?.get(value >> BigInt(addressBits(key.family) - length));
    if (routes === undefined) continue;
    const answer = tryRoutes(view, key, routes);
    if (answer.kind !== 'none') return answer;
  }
  return { kind: 'none' };
};

/** suppress_prefixlength, suppress_ifgroup: a route that is too short, or leaves by a link of that group, does not count. */
const isSuppressed = (
  view: NetnsView,
  rule: PolicyRule,
  answer: { route: CompiledRoute; hops: readonly RouteHop[] },
): boolean => {
  const length = rule['suppress_prefixlen'];
  if (length !== undefined && answer.route.prefixLength <= Number(length)) return true;
  const group = rule['suppress_ifgroup'];
  const dev = answer.hops[0]?.dev;
  return group !== undefined && dev !== undefined && String(view.linkByName.get(dev)?.facts.group) === String(group);
};

const runRule = (view: NetnsView, key: RouteKey, rule: PolicyRule, value: bigint): RouteAnswer => {
  if (rule.action !== undefined && refusals.has(rule.action)) return { kind: 'refused', type: rule.action, rule };
  if (rule.action === 'nop' || rule.table === undefined) return { kind: 'none' };
  const table = view.routing(key.family)?.tables.get(tableName(rule.table));
  const answer = table === undefined ? ({ kind: 'none' } as const) : lookupTable(view, key, table, value);
  if (answer.kind === 'found') {
    if (isSuppressed(view, rule, answer)) return { kind: 'none' };
    return { ...answer, type: answer.route.facts.type, rule };
  }
  if (answer.kind !== 'refused') return answer;
  if (answer.route.facts.type === 'throw') return { kind: 'none' };
  return { kind: 'refused', type: answer.route.facts.type, route: answer.route, rule };
};

/** Rules in order of preference until one answers. */
const walkRules = (view: NetnsView, key: RouteKey, rules: readonly PolicyRule[], value: bigint): RouteAnswer => {
  const ephemeral = ephemeralPorts(view) ?? [1, 65_535];
  for (let n = 0; n < rules.length; n++) {
    const rule = rules[n]!;
    const matched = matchPolicyRule(rule, key, ephemeral);
    if (matched === 'no') continue;
    if (typeof matched === 'object')
      return { kind: 'unknown', reason: `policy rule ${rule.priority}: ${matched.unknown}` };
    if (rule.goto !== undefined) {
      const target = rules.findIndex((other) => other.priority === rule.goto);
      // An unresolved goto does nothing (fib_rules_lookup skips it); a target lies always further on.
      if (target > n) n = target - 1;
      continue;
    }
    const answer = runRule(view, key, rule, value);
    if (answer.kind !== 'none') return answer;
  }
  return { kind: 'none' };
};

export const lookupRoute = (view: NetnsView, key: RouteKey): RouteAnswer => {
  const routing = view.routing(key.family);
  const rules = view.policyRules(key.family);
  if (routing === undefined)
    return { kind: 'unknown', reason: `the IPv${key.family} routes of ${view.node.name} were not read` };
  if (rules === undefined) return { kind: 'unknown', reason: `the policy rules of ${view.node.name} were not read` };
  if (routing.unread.length > 0)
    return { kind: 'unknown', reason: `route ${routing.unread[0]!.dst} could not be read` };
  const address = parseAddress(key.dst);
  if (address === undefined) return { kind: 'unknown', reason: `${key.dst} is not an address` };
  return walkRules(view, key, rules, address.value);
};

/** Type of an address as table local has it (inet_addr_type): what addrtype matches and local delivery go by. */
export const localType = (view: NetnsView, address: string, link?: string): string | undefined => {
  const parsed = parseAddress(address);
  const routing = parsed && view.routing(parsed.family);
  if (parsed === undefined || routing === undefined) return undefined;
  const table = routing.tables.get('local');
  if (table === undefined) return 'unicast';
  for (const length of table.lengths) {
    const routes = table.networks.get(length)?.get(parsed.value >> BigInt(addressBits(parsed.family) - length));
    const route = routes?.[0];
    // A table look-up stops at the longest match; on another link than the one asked for it counts as unicast.
    if (route !== undefined)
      return link === undefined || route.hops.some((hop) => hop.dev === link) ? route.facts.type : 'unicast';
  }
  return 'unicast';
};

export const isLocalAddress = (view: NetnsView, address: string): boolean => localType(view, address) === 'local';
