/** Routes of all tables and the policy rules that choose between them, netns by netns. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { PolicyRule, Route } from '../../model/route.ts';
import { span } from '../format/line.ts';
import { ownerName } from '../graph-index.ts';
import { refKey } from '../ref.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

const unreachable = new Set(['blackhole', 'unreachable', 'prohibit', 'throw']);

const wayOf = (route: Route): string => {
  if (route.nexthops !== undefined)
    return route.nexthops.map((hop) => `${hop.gateway ?? hop.via?.host ?? ''} ${hop.dev ?? ''}`.trim()).join(', ');
  return route.gateway ?? route.via?.host ?? '';
};

/** As `ip route` prints it, so that it can be searched for and pasted. */
export const routeText = (route: Route): string =>
  [
    route.type === 'unicast' ? '' : route.type,
    route.dst,
    route.gateway !== undefined && `via ${route.gateway}`,
    route.via !== undefined && `via ${route.via.family} ${route.via.host}`,
    route.dev !== undefined && `dev ${route.dev}`,
    (route.nexthops ?? []).map((hop) => `nexthop via ${hop.gateway ?? ''} dev ${hop.dev ?? ''}`).join(' '),
    route.table !== 'main' && `table ${route.table}`,
    `proto ${route.protocol}`,
    `scope ${route.scope}`,
    route.prefsrc !== undefined && `src ${route.prefsrc}`,
    route.metric !== undefined && `metric ${route.metric}`,
    route.flags.join(' '),
  ]
    .filter((word) => word !== false && word !== '')
    .join(' ');

export const policyRuleText = (rule: PolicyRule): string =>
  [
    `${rule.priority}:`,
    'not' in rule && 'not',
    `from ${rule.src}${rule.srclen === undefined ? '' : `/${rule.srclen}`}`,
    rule.dst !== undefined && `to ${rule.dst}${rule.dstlen === undefined ? '' : `/${rule.dstlen}`}`,
    rule.iif !== undefined && `iif ${rule.iif}`,
    rule.oif !== undefined && `oif ${rule.oif}`,
    rule.fwmark !== undefined && `fwmark ${rule.fwmark}${rule.fwmask === undefined ? '' : `/${rule.fwmask}`}`,
    rule.table !== undefined ? `lookup ${rule.table}` : (rule.action ?? ''),
    rule.goto !== undefined && String(rule.goto),
  ]
    .filter((word) => word !== false && word !== '')
    .join(' ');

const routeItem = (route: Route, netns: NetnsNode, owner: string, position: number): Item => {
  const text = routeText(route);
  const ref = { kind: 'route', netns: netns.id, id: `${position} ${text}` } as const;
  const dead = route.flags.includes('linkdown') || route.flags.includes('dead');
  return {
    id: refKey(ref),
    ref,
    faulty: dead,
    copy: text,
    cells: [
      owner,
      route.table,
      span(route.dst, unreachable.has(route.type) ? 'bad' : route.dst === 'default' ? 'strong' : 'plain'),
      wayOf(route),
      route.dev ?? '',
      route.type === 'unicast' ? '' : span(route.type, unreachable.has(route.type) ? 'bad' : 'dim'),
      route.prefsrc ?? '',
      route.metric === undefined ? '' : String(route.metric),
      dead ? span(route.flags.join(' '), 'bad') : route.flags.join(' '),
      span(`${route.protocol} ${route.scope}`, 'dim'),
    ],
  };
};

const policyItem = (rule: PolicyRule, netns: NetnsNode, owner: string, position: number): Item => {
  const text = policyRuleText(rule);
  const ref = { kind: 'route', netns: netns.id, id: `rule ${position} ${rule.family} ${text}` } as const;
  return {
    id: refKey(ref),
    ref,
    faulty: false,
    copy: text,
    cells: [
      owner,
      span('rule', 'accent'),
      text.slice(text.indexOf(' ') + 1),
      '',
      rule.iif ?? '',
      span('policy', 'dim'),
      '',
      String(rule.priority),
      '',
      '',
    ],
  };
};

/** Policy rules every netns starts with say nothing. */
const isUsual = (rule: PolicyRule): boolean =>
  rule.src === 'all' &&
  rule.fwmark === undefined &&
  rule.iif === undefined &&
  rule.oif === undefined &&
  ['local', 'main', 'default'].includes(rule.table ?? '');

const isBackground = (route: Route): boolean => ['local', 'broadcast', 'multicast', 'anycast'].includes(route.type);

const itemsOfNetns = (netns: NetnsNode, { graph, place }: ViewContext): readonly Item[] => {
  const owner = ownerName(graph, netns.id);
  const routes = [...(netns.facts.routes ?? []), ...(netns.facts.routes6 ?? [])];
  // Local and broadcast routes double the list and repeat addresses: shown only for one netns.
  const shown = place.root === undefined ? routes.filter((route) => !isBackground(route)) : routes;
  return [
    ...(netns.facts.policyRules ?? [])
      .filter((rule) => !isUsual(rule))
      .map((rule, at) => policyItem(rule, netns, owner, at)),
    ...shown.map((route, at) => routeItem(route, netns, owner, at)),
  ];
};

export const routesView: View = {
  id: 'routes',
  title: 'Routes',
  key: 'o',
  aliases: ['routes', 'route', 'ro'],
  about:
    'Routes of all tables and unusual policy rules. Local and broadcast routes are shown when one netns is chosen.',
  empty: 'No routes could be read.',
  columns: [
    { id: 'netns', title: 'IN', min: 8 },
    { id: 'table', title: 'TABLE' },
    { id: 'dst', title: 'DESTINATION', min: 13 },
    { id: 'via', title: 'VIA', min: 10 },
    { id: 'dev', title: 'LINK', min: 8 },
    { id: 'type', title: 'TYPE', leaves: 5 },
    { id: 'src', title: 'SOURCE', leaves: 3, min: 10 },
    { id: 'metric', title: 'METRIC', align: 'right', leaves: 4 },
    { id: 'flags', title: 'FLAGS', leaves: 2 },
    { id: 'made', title: 'PROTO SCOPE', leaves: 6 },
  ],
  deps: (state) => [state.place.root],
  build: (context) =>
    [...context.graph.netns.values()]
      .filter((netns) => context.place.root === undefined || context.place.root.id === netns.id)
      .flatMap((netns) => itemsOfNetns(netns, context)),
};
