/** What is wrong with the wiring, then what could not be seen and how to see it. */
import type { WiringFault } from '../../graph/graph.ts';
import type { Gap } from '../../model/gap.ts';
import { type Line, line, span } from '../format/line.ts';
import { linkName, ownerName } from '../graph-index.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

const severe: ReadonlySet<WiringFault['kind']> = new Set([
  'link-down',
  'no-master',
  'duplicate-address',
  'dead-bridge',
]);

export const faultMark = (fault: WiringFault, { glyphs }: Pick<ViewContext, 'glyphs'>): Line =>
  line(severe.has(fault.kind) ? span(glyphs.down, 'bad') : span(glyphs.warning, 'warn'));

export const faultId = (fault: WiringFault): string =>
  `${fault.kind} ${fault.link ?? ''} ${fault.container ?? ''} ${fault.netns ?? ''} ${fault.text}`;

export const gapId = (gap: Gap): string => `${gap.source} ${gap.netns ?? ''} ${gap.reason} ${gap.detail}`;

const subjectOf = (fault: WiringFault, { graph }: ViewContext): string => {
  const link = fault.link === undefined ? undefined : graph.links.get(fault.link);
  if (link !== undefined) return linkName(graph, link);
  if (fault.container !== undefined) return graph.containers.get(fault.container)?.facts.name ?? '?';
  return fault.netns === undefined ? '' : ownerName(graph, fault.netns);
};

const faultItem = (fault: WiringFault, context: ViewContext): Item => ({
  id: `fault ${faultId(fault)}`,
  ref: { kind: 'fault', id: faultId(fault) },
  faulty: true,
  copy: fault.text,
  cells: [line(faultMark(fault, context), ' ', fault.kind), subjectOf(fault, context), fault.text],
});

const gapItem = (gap: Gap, { graph, glyphs }: ViewContext): Item => ({
  id: `gap ${gapId(gap)}`,
  ref: { kind: 'gap', id: gapId(gap) },
  faulty: true,
  copy: `${gap.source}: ${gap.reason}: ${gap.detail}`,
  cells: [
    line(span(glyphs.unknown, 'doubt'), ' ', `not seen: ${gap.reason}`),
    line(gap.source, gap.netns !== undefined && ` (${ownerName(graph, gap.netns)})`),
    line(gap.detail, gap.howToSee !== undefined && span(` ${glyphs.arrow} ${gap.howToSee}`, 'accent')),
  ],
});

export const faultsView: View = {
  id: 'faults',
  title: 'Faults',
  key: '7',
  aliases: ['faults', 'findings', 'gaps', 'problems'],
  about: 'What is wrong with the wiring, and what could not be seen, with the way to see it.',
  empty: 'Nothing wrong in the wiring, and nothing hidden from us.',
  columns: [
    { id: 'what', title: 'WHAT', min: 12 },
    { id: 'where', title: 'WHERE', min: 12 },
    { id: 'why', title: 'WHY', min: 20 },
  ],
  deps: (state) => [state.session.gaps],
  build: (context) => [
    ...context.graph.faults.map((fault) => faultItem(fault, context)),
    ...[...new Set([...context.graph.gaps, ...context.state.session.gaps])].map((gap) => gapItem(gap, context)),
  ],
};
