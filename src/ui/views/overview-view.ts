/** The host on one screen: engine, firewall, counts that lead to their views, what is wrong, what could not be seen. */
import { isBridge, type LinkNode, type NetworkNode, type WiringFault } from '../../graph/graph.ts';
import type { Engine } from '../../model/container.ts';
import type { HostId } from '../../model/ids.ts';
import type { HostFacts } from '../../model/snapshot.ts';
import { firewallText } from '../format/firewall.ts';
import { containerHealth, healthMark, isFaulty, networkHealth } from '../format/health.ts';
import { joined, line, span, type Words } from '../format/line.ts';
import { severityMark } from '../format/severity.ts';
import { ownerName } from '../graph-index.ts';
import { type Problems, problemsOf } from '../problems.ts';
import type { ViewId } from '../state/ui-state.ts';
import { faultId, faultMark, gapId } from './findings-view.ts';
import type { Item } from './item.ts';
import { portHealth } from './ports-view.ts';
import type { View, ViewContext } from './view.ts';

/** The keys of the views that are counted; the view list itself imports this view. */
const keyOf: Readonly<Partial<Record<ViewId, string>>> = {
  containers: '2',
  networks: '3',
  ports: '5',
  netns: 'n',
  links: 'i',
};

const label = (text: string): Words => span(text.padEnd(11), 'dim');

const factItem = (id: string, title: string, words: Words, extra: Partial<Item> = {}): Item => ({
  id: `overview ${id}`,
  faulty: false,
  cells: [line(label(title), words)],
  ...extra,
});

const heading = (text: string): Item => ({
  id: `overview heading ${text}`,
  faulty: false,
  selectable: false,
  cells: [line(span(text, 'title'))],
});

const wellWords = ({ diagnosed, gaps }: Problems, glyphs: ViewContext['glyphs']): Words => {
  if (diagnosed !== 'now') return span('  looking for what is wrong…', 'dim');
  return gaps.length > 0
    ? span(`${glyphs.unknown} nothing wrong was found in what could be seen`, 'doubt')
    : span(`${glyphs.check} nothing wrong was found`, 'good');
};

const nothingWrong = (problems: Problems, { glyphs }: ViewContext): Item => ({
  id: 'overview well',
  faulty: false,
  selectable: false,
  cells: [wellWords(problems, glyphs)],
});

const spacer = (id: string): Item => ({ id: `overview space ${id}`, faulty: false, selectable: false, cells: [''] });

const hostItem = (facts: HostFacts, context: ViewContext): Item => {
  const rights = facts.privileged ? span('privileged', 'good') : span('not privileged: much stays hidden', 'warn');
  const words = [facts.hostname, ...(facts.os === undefined ? [] : [facts.os]), `Linux ${facts.kernel}`, line(rights)];
  return factItem(`host ${facts.id}`, 'host', joined(words, span(` ${context.glyphs.dot} `, 'dim')), {
    ref: { kind: 'host', id: facts.id },
  });
};

const engineItems = (engines: readonly Engine[], host: HostId, { glyphs }: ViewContext): readonly Item[] =>
  engines.length === 0
    ? [
        factItem(
          `engine ${host}`,
          'engine',
          span('none answered: names and intentions are missing, the wiring is not', 'warn'),
        ),
      ]
    : engines.map((engine) => {
        const words = [
          `${engine.kind} ${engine.version}`,
          ...(engine.firewallBackend === undefined ? [] : [engine.firewallBackend]),
          ...(engine.userlandProxy === undefined ? [] : [`userland proxy ${engine.userlandProxy ? 'on' : 'off'}`]),
          ...(engine.rootless ? [span('rootless', 'warn')] : []),
          ...(engine.swarm?.active === true ? ['swarm'] : []),
        ];
        return factItem(`engine ${engine.socket}`, 'engine', joined(words, span(` ${glyphs.dot} `, 'dim')), {
          ref: { kind: 'host', id: host },
        });
      });

const countItem = (view: ViewId, title: string, count: number, words: Words): Item => ({
  id: `overview count ${view}`,
  faulty: false,
  opens: view,
  cells: [
    line(
      span(`${keyOf[view] ?? ' '} `, 'dim'),
      span(title.padEnd(15), 'strong'),
      String(count).padStart(6),
      '  ',
      words,
    ),
  ],
});

/** `27 veth, 6 bridge`: the commonest kinds, lo left out. */
const kindsText = (links: readonly LinkNode[], separator: string): string => {
  const counts = new Map<string, number>();
  for (const link of links) if (link.kind !== 'loopback') counts.set(link.kind, (counts.get(link.kind) ?? 0) + 1);
  return [...counts]
    .sort((a, b) => b[1] - a[1])
    .slice(0, 5)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(separator);
};

const containerWords = ({ graph, index }: ViewContext): Words => {
  const containers = [...graph.containers.values()];
  const running = containers.filter((container) => container.facts.state === 'running').length;
  const troubled = containers.filter((container) => isFaulty(containerHealth(container, index))).length;
  return line(span(`${running} running`, 'dim'), troubled > 0 && span(`  ${troubled} not well`, 'warn'));
};

const countItems = (context: ViewContext): readonly Item[] => {
  const { graph, glyphs } = context;
  const links = [...graph.links.values()];
  const unread = [...graph.netns.values()].filter((netns) => netns.facts.links === undefined).length;
  const bridges = links.filter(isBridge).length;
  const unserved = graph.ports.filter((port) => portHealth(port) === 'bad').length;
  const hidden = [...graph.netns.values()].filter((netns) => netns.hidden).length;
  return [
    countItem('containers', 'containers', graph.containers.size, containerWords(context)),
    countItem('networks', 'networks', graph.networks.size, span(`${bridges} bridges`, 'dim')),
    countItem(
      'ports',
      'published ports',
      graph.ports.length,
      unserved > 0 ? span(`${unserved} not served`, 'warn') : '',
    ),
    countItem('netns', 'namespaces', graph.netns.size, hidden > 0 ? span(`${hidden} hidden`, 'doubt') : ''),
    countItem(
      'links',
      'links',
      links.length,
      line(
        span(kindsText(links, ` ${glyphs.dot} `), 'dim'),
        unread > 0 && span(`  ? not read in ${unread} netns`, 'doubt'),
      ),
    ),
  ];
};

/** Each network with who is on it: the host at a glance. */
const networkItem = (network: NetworkNode, { graph, index, glyphs }: ViewContext): Item => {
  const names = network.containers.flatMap((id) => graph.containers.get(id)?.facts.name ?? []).toSorted();
  return {
    id: `overview network ${network.id}`,
    ref: { kind: 'network', id: network.id },
    faulty: false,
    copy: network.facts.name,
    cells: [
      line(
        healthMark(networkHealth(network, index), glyphs),
        ' ',
        span(network.facts.name.padEnd(15), 'strong'),
        span(` ${network.facts.driver.padEnd(8)}`, 'dim'),
        network.facts.subnets
          .map((each) => each.subnet)
          .join(' ')
          .padEnd(15),
        '  ',
        names.slice(0, 12).join(' '),
        names.length > 12 && span(` +${names.length - 12}`, 'dim'),
      ),
    ],
  };
};

const findingItems = ({ findings }: Problems, { glyphs }: ViewContext): readonly Item[] =>
  findings
    .filter(({ severity }) => severity !== 'info')
    .map(({ id, severity, title }) => ({
      id: `finding ${id}`,
      ref: { kind: 'finding', id },
      faulty: true,
      copy: id,
      cells: [line(severityMark(severity, glyphs), ' ', title)],
    }));

const faultItems = (faults: readonly WiringFault[], context: ViewContext): readonly Item[] =>
  faults.map((fault) => ({
    id: `fault ${faultId(fault)}`,
    ref: { kind: 'fault', id: faultId(fault) },
    faulty: true,
    copy: fault.text,
    cells: [line(faultMark(fault, context), ' ', fault.text)],
  }));

/** The same gap in many namespaces is one line here; the findings view has each. */
const gapItems = ({ gaps }: Problems, { graph, glyphs }: ViewContext): readonly Item[] => {
  const groups = Map.groupBy(gaps, (gap) => `${gap.source} ${gap.reason} ${gap.detail}`);
  return [...groups.values()].flatMap((group) => {
    const gap = group[0]!;
    const where =
      group.length > 1
        ? ` in ${group.length} netns`
        : gap.netns === undefined
          ? ''
          : ` in ${ownerName(graph, gap.netns)}`;
    return [
      {
        id: `gap ${gapId(gap)}`,
        ref: { kind: 'gap', id: gapId(gap) },
        faulty: true,
        cells: [
          line(
            span(glyphs.unknown, 'doubt'),
            ` ${gap.source}: ${gap.reason}${where}`,
            span(` ${gap.detail}`, 'dim'),
            gap.howToSee !== undefined && span(` ${glyphs.arrow} ${gap.howToSee}`, 'accent'),
          ),
        ],
      } satisfies Item,
    ];
  });
};

export const overviewView: View = {
  id: 'overview',
  title: 'Overview',
  key: '1',
  aliases: ['overview', 'host', 'home'],
  about: 'The host on one screen. ⏎ on a count opens its view.',
  empty: 'Nothing could be read.',
  detail: false,
  columns: [],
  deps: (state) => [state.session.gaps, state.diagnosed],
  start: (items) => items.find((item) => item.opens === 'containers')?.id,
  build: (context) => {
    const { graph } = context;
    const problems = problemsOf(context.state);
    const wrong = [...findingItems(problems, context), ...faultItems(problems.faults, context)];
    const gaps = [...faultItems(problems.doubts, context), ...gapItems(problems, context)];
    const networks = [...graph.networks.values()]
      .filter((network) => network.containers.length > 0)
      .toSorted((a, b) => b.containers.length - a.containers.length || a.facts.name.localeCompare(b.facts.name))
      .map((network) => networkItem(network, context));
    return [
      ...[...graph.hosts].flatMap(([id, host]) => [
        hostItem(host.facts, context),
        ...engineItems(host.engines, id, context),
        factItem(`firewall ${id}`, 'firewall', firewallText(graph, id), { opens: 'rules' }),
      ]),
      spacer('counts'),
      ...countItems(context),
      spacer('wrong'),
      wrong.length === 0 ? nothingWrong(problems, context) : heading(`What is wrong (${wrong.length})`),
      ...wrong,
      ...(gaps.length === 0 ? [] : [spacer('gaps'), heading(`Could not be seen (${gaps.length})`), ...gaps]),
      ...(networks.length === 0 ? [] : [spacer('networks'), heading('Who is on which network'), ...networks]),
    ];
  },
};
