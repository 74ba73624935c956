/** The host on one screen: engine, firewall, counts that lead to their views, what is wrong, what could not be seen. */
import type { Graph } from '../../graph/graph.ts';
import type { Engine } from '../../model/container.ts';
import type { HostId } from '../../model/ids.ts';
import type { HostFacts } from '../../model/snapshot.ts';
import { firewallText } from '../format/firewall.ts';
import { containerHealth } from '../format/health.ts';
import { joined, line, span, type Words } from '../format/line.ts';
import type { ViewId } from '../state/ui-state.ts';
import { faultId, faultMark, gapId } from './faults-view.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

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

const countItem = (view: ViewId, key: string, count: string, words: Words): Item => ({
  id: `overview count ${view}`,
  faulty: false,
  opens: view,
  cells: [line(span(key.padEnd(3), 'key'), span(count.padStart(6), 'strong'), ' ', words)],
});

const countItems = ({ graph, index, glyphs }: ViewContext): readonly Item[] => {
  const containers = [...graph.containers.values()];
  const running = containers.filter((container) => container.facts.state === 'running').length;
  const broken = containers.filter((container) =>
    ['bad', 'warn', 'doubt'].includes(containerHealth(container, index)),
  ).length;
  const links = [...graph.links.values()];
  const count = (kind: string): number => links.filter((link) => link.kind === kind).length;
  const troubled = broken > 0 ? line(', ', span(`${broken} not well`, 'warn')) : '';
  const dot = ` ${glyphs.dot} `;
  return [
    countItem(
      'containers',
      '2',
      String(containers.length),
      line('containers', span(`  ${running} running`, 'dim'), troubled),
    ),
    countItem(
      'networks',
      '3',
      String(graph.networks.size),
      line('networks', span(`  ${count('bridge')} bridges`, 'dim')),
    ),
    countItem('ports', '5', String(graph.ports.length), 'published ports'),
    countItem(
      'netns',
      'n',
      String(graph.netns.size),
      line('namespaces', span(`  ${[...graph.netns.values()].filter((netns) => netns.hidden).length} hidden`, 'dim')),
    ),
    countItem(
      'links',
      'i',
      String(links.length),
      line(
        'links',
        span(
          `  ${count('veth')} veth ends${dot}${count('macvlan') + count('ipvlan')} macvlan/ipvlan${dot}${count('vxlan')} vxlan`,
          'dim',
        ),
      ),
    ),
    countItem('map', '4', '', 'the wiring as a picture'),
    countItem('rules', '6', '', 'the firewall, chain by chain'),
  ];
};

const faultItems = (graph: Graph, context: ViewContext): readonly Item[] =>
  graph.faults.map((fault) => ({
    id: `fault ${faultId(fault)}`,
    ref: { kind: 'fault', id: faultId(fault) },
    faulty: true,
    copy: fault.text,
    cells: [line(faultMark(fault, context), ' ', fault.text)],
  }));

const gapItems = ({ graph, state, glyphs }: ViewContext): readonly Item[] =>
  [...new Set([...graph.gaps, ...state.session.gaps])].map((gap) => ({
    id: `gap ${gapId(gap)}`,
    ref: { kind: 'gap', id: gapId(gap) },
    faulty: true,
    cells: [
      line(
        span(glyphs.unknown, 'doubt'),
        ` ${gap.source}: ${gap.reason}`,
        span(` ${gap.detail}`, 'dim'),
        gap.howToSee !== undefined && span(` ${glyphs.arrow} ${gap.howToSee}`, 'accent'),
      ),
    ],
  }));

export const overviewView: View = {
  id: 'overview',
  title: 'Overview',
  key: '1',
  aliases: ['overview', 'host', 'home'],
  about: 'The host on one screen. ⏎ on a count opens its view.',
  empty: 'Nothing could be read.',
  detail: false,
  columns: [],
  deps: (state) => [state.session.gaps],
  start: (items) => items.find((item) => item.opens === 'containers')?.id,
  build: (context) => {
    const { graph } = context;
    const faults = faultItems(graph, context);
    const gaps = gapItems(context);
    return [
      ...[...graph.hosts].flatMap(([id, host]) => [
        hostItem(host.facts, context),
        ...engineItems(host.engines, id, context),
        factItem(`firewall ${id}`, 'firewall', firewallText(graph, id), { opens: 'rules' }),
      ]),
      spacer('counts'),
      ...countItems(context),
      spacer('wrong'),
      heading(faults.length === 0 ? 'Nothing wrong in the wiring' : `What is wrong (${faults.length})`),
      ...faults,
      ...(gaps.length === 0 ? [] : [spacer('gaps'), heading(`Could not be seen (${gaps.length})`), ...gaps]),
    ];
  },
};
