/** A route or policy rule as one line, the way ip prints it. */
import type { PolicyRule, Route } from '../../model/route.ts';

const words = (...parts: readonly (string | undefined | false)[]): string => parts.filter(Boolean).join(' ');
const option = (name: string, value: unknown): string | undefined =>
  value === undefined ? undefined : `${name} ${String(value)}`;

export const formatRoute = (route: Route): string => {
  const gateway = route.gateway ?? route.via?.host;
  const hops = route.nexthops?.map(
    (hop) => `nexthop ${words(option('via', hop.gateway ?? hop.via?.host), option('dev', hop.dev))}`,
  );
  return words(
    route.type !== 'unicast' && route.type,
    route.dst,
    option('via', gateway),
    option('dev', route.dev),
    route.table !== 'main' && option('table', route.table),
    option('tos', route.tos),
    option('src', route.prefsrc),
    option('metric', route.metric || undefined),
    ...(route.flags ?? []),
    ...(hops ?? []),
  );
};

export const formatPolicyRule = (rule: PolicyRule): string => {
  const from = rule.src === 'all' ? 'all' : words(`${rule.src}${rule.srclen === undefined ? '' : `/${rule.srclen}`}`);
  const to = rule.dst === undefined ? undefined : `${rule.dst}${rule.dstlen === undefined ? '' : `/${rule.dstlen}`}`;
  const mark =
    rule.fwmark === undefined ? undefined : `${rule.fwmark}${rule.fwmask === undefined ? '' : `/${rule.fwmask}`}`;
  return `${rule.priority}: ${words(
    rule.not !== undefined && 'not',
    `from ${from}`,
    option('to', to),
    option('fwmark', mark),
    option('iif', rule.iif),
    option('oif', rule.oif),
    option('ipproto', rule['ipproto']),
    option('lookup', rule.table),
    rule.goto === undefined ? rule.action : `goto ${rule.goto}`,
    option('suppress_prefixlength', rule['suppress_prefixlen']),
  )}`;
};
