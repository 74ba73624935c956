/** Would the kernel believe that this source came in by this link? fib_validate_source: rp_filter and martian sources (IPv4 only). */
import type { Sysctl } from '../sysctls.ts';
import { isOn, maxSysctl, orSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';
import { lookupRoute } from './lookup-route.ts';
import type { RouteKey } from './route-key.ts';

export type SourceAnswer =
  | { readonly kind: 'ok' }
  | { readonly kind: 'martian'; readonly why: string; readonly sysctl?: Sysctl }
  | { readonly kind: 'rp-filter'; readonly why: string; readonly sysctl: Sysctl }
  | { readonly kind: 'unknown'; readonly reason: string };

const ok: SourceAnswer = { kind: 'ok' };

const defaultRules: Readonly<Record<number, string>> = { 0: 'local', 32766: 'main', 32767: 'default' };

/** With rules or local routes of one's own the quick check of own addresses is not enough (fib4_has_custom_rules). */
const hasCustomRouting = (view: NetnsView): boolean => {
  const rules = view.policyRules(4) ?? [];
  const customRules =
    rules.length !== 3 || rules.some((rule) => defaultRules[rule.priority] !== rule.table || rule.src !== 'all');
  return (
    customRules || (view.node.facts.routes ?? []).some((route) => route.type === 'local' && route.protocol !== 'kernel')
  );
};

const hasAddress = (view: NetnsView, address: string): boolean =>
  view.links.some((link) => link.addresses.some((info) => info.local === address));

/** `out`: link the packet would leave by; undefined when it is for us. */
export const validateSource = (
  view: NetnsView,
  key: RouteKey,
  ifname: string,
  out: string | undefined,
): SourceAnswer => {
  const filter = maxSysctl(view, ifname, 'rp_filter');
  const acceptLocal = orSysctl(view, ifname, 'accept_local');
  const redirects = orSysctl(view, ifname, 'send_redirects');
  const markValid = orSysctl(view, ifname, 'src_valid_mark');
  if (filter === undefined || acceptLocal === undefined) {
    return believedAnyway(view, key, ifname, out)
      ? ok
      : { kind: 'unknown', reason: `rp_filter and accept_local of ${ifname} were not read` };
  }
  const mode = Number(filter.value);
  const quick = mode === 0 && (out !== ifname || !isOn(redirects));
  if (quick && isOn(acceptLocal)) return ok;
  if (quick && !hasCustomRouting(view)) {
    return hasAddress(view, key.src!)
      ? { kind: 'martian', why: `${key.src} is an address of this netns itself`, sysctl: acceptLocal }
      : ok;
  }
  return checkReverse(view, key, ifname, { out, mode, filter, acceptLocal, useMark: isOn(markValid) ?? false });
};

const unread = (name: string, value: string): Sysctl => ({ name, value });

/** What passes the strictest check passes every other; the quick one refuses own addresses alone. */
const believedAnyway = (view: NetnsView, key: RouteKey, ifname: string, out: string | undefined): boolean => {
  if (hasAddress(view, key.src!) || (key.mark ?? 0) !== 0) return false;
  const strictest = {
    out,
    mode: 1,
    filter: unread('rp_filter', '1'),
    acceptLocal: unread('accept_local', '0'),
    useMark: false,
  };
  return checkReverse(view, key, ifname, strictest).kind === 'ok';
};

/** Protocol and ports are part of the look-up only where a policy rule asks for them (fib4_rules_early_flow_dissect). */
const looksAtPorts = (view: NetnsView): boolean =>
  (view.policyRules(4) ?? []).some((rule) =>
    ['ipproto', 'sport', 'dport', 'sport_start', 'dport_start'].some((selector) => rule[selector] !== undefined),
  );

const swappedPorts = ({ proto, sport, dport }: RouteKey): Pick<RouteKey, 'proto' | 'sport' | 'dport'> => ({
  ...(proto !== undefined && { proto }),
  ...(dport !== undefined && { sport: dport }),
  ...(sport !== undefined && { dport: sport }),
});

interface Check {
  readonly out: string | undefined;
  readonly mode: number;
  readonly filter: Sysctl;
  readonly acceptLocal: Sysctl;
  readonly useMark: boolean;
}

const checkReverse = (view: NetnsView, key: RouteKey, ifname: string, check: Check): SourceAnswer => {
  const reverse: RouteKey = {
    family: 4,
    dst: key.src!,
    src: key.dst,
    // The way back begins where the packet would go (fl4.flowi4_iif = oif ? : LOOPBACK_IFINDEX).
    iif: check.out ?? 'lo',
    mark: check.useMark ? key.mark : 0,
    tos: key.tos,
    ...(looksAtPorts(view) && swappedPorts(key)),
  };
  const filtered = (why: string): SourceAnswer => ({ kind: 'rp-filter', why, sysctl: check.filter });
  const answer = lookupRoute(view, reverse);
  if (answer.kind === 'unknown') return answer;
  const lastResort = check.mode === 0 ? ok : filtered(`there is no route back to ${key.src}`);
  if (answer.kind !== 'found') return lastResort;
  if (answer.type !== 'unicast' && !(answer.type === 'local' && isOn(check.acceptLocal))) {
    return { kind: 'martian', why: `${key.src} is a ${answer.type} address here`, sysctl: check.acceptLocal };
  }
  // Every next hop counts, chosen or not, with carrier or without (fib_info_nh_uses_dev).
  if (answer.route.hops.some((hop) => hop.dev === ifname)) return ok;
  const withoutAddress = view.linkByName.get(ifname)?.addresses.every((info) => info.family !== 'inet') ?? true;
  if (withoutAddress) return lastResort;
  if (check.mode === 1)
    return filtered(`the way back to ${key.src} is ${answer.hops[0]?.dev ?? 'another link'}, not ${ifname}`);
  return ok;
};
