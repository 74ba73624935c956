/** What is wrong, root causes first: findings, wiring faults no finding covers, then what could not be seen and how to see it. */
import type { Finding } from '../../diagnose/finding.ts';
import type { WiringFault } from '../../graph/graph.ts';
import type { Gap } from '../../model/gap.ts';
import { type Line, line, span } from '../format/line.ts';
import { severityMark } from '../format/severity.ts';
import { linkName, ownerName } from '../graph-index.ts';
import { isSevere, problemsOf } from '../problems.ts';
import { countNotes, probeNotes } from './findings/notes.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

export const faultMark = (fault: WiringFault, { glyphs }: Pick<ViewContext, 'glyphs'>): Line =>
  line(isSevere(fault) ? span(glyphs.down, 'bad') : span(glyphs.warning, 'warn'));

export const faultId = (fault: WiringFault): string =>
  `${fault.kind} ${fault.link ?? ''} ${fault.container ?? ''} ${fault.netns ?? ''} ${fault.text}`;

export const gapId = (gap: Gap): string => `${gap.source} ${gap.netns ?? ''} ${gap.reason} ${gap.detail}`;

const subjectOf = (fault: WiringFault, { graph }: ViewContext): string => {
  const link = fault.link === undefined ? undefined : graph.links.get(fault.link);
  if (link !== undefined) return linkName(graph, link);
  if (fault.container !== undefined) return graph.containers.get(fault.container)?.facts.name ?? '?';
  return fault.netns === undefined ? '' : ownerName(graph, fault.netns);
};

const findingItem = (finding: Finding, { glyphs }: ViewContext): Item => ({
  id: `finding ${finding.id}`,
  ref: { kind: 'finding', id: finding.id },
  faulty: finding.severity !== 'info',
  copy: finding.id,
  keywords: [finding.id, finding.severity, finding.why, ...finding.evidence.map(({ fact }) => fact)].join(' '),
  cells: [
    line(severityMark(finding.severity, glyphs), ' ', finding.title),
    span(finding.subject, 'dim'),
    finding.hides.length === 0 ? '' : span(`+${finding.hides.length}`, 'dim'),
    finding.remedies.some((remedy) => remedy.automatic) ? span('f', 'key') : '',
  ],
});

const faultItem = (fault: WiringFault, context: ViewContext): Item => ({
  id: `fault ${faultId(fault)}`,
  ref: { kind: 'fault', id: faultId(fault) },
  faulty: true,
  copy: fault.text,
  keywords: fault.kind,
  cells: [line(faultMark(fault, context), ' ', fault.text), span(subjectOf(fault, context), 'dim')],
});

const gapItem = (gap: Gap, { graph, glyphs }: ViewContext): Item => ({
  id: `gap ${gapId(gap)}`,
  ref: { kind: 'gap', id: gapId(gap) },
  faulty: true,
  copy: `${gap.source}: ${gap.reason}: ${gap.detail}`,
  cells: [
    line(
      span(glyphs.unknown, 'doubt'),
      ` not seen: ${gap.source}: ${gap.detail}`,
      gap.howToSee !== undefined && span(` ${glyphs.arrow} ${gap.howToSee}`, 'accent'),
    ),
    span(gap.netns === undefined ? '' : ownerName(graph, gap.netns), 'dim'),
  ],
});

const lookingItem: Item = {
  id: 'looking',
  faulty: true,
  selectable: false,
  cells: [span('  looking for what is wrong…', 'dim')],
};

export const findingsView: View = {
  id: 'findings',
  title: 'Findings',
  key: '7',
  aliases: ['findings', 'faults', 'gaps', 'problems', 'doctor'],
  about:
    'What is wrong, root causes first (+N: so many consequences are folded under it), then what could not be seen and the way to see it. f shows the commands that mend it; L tries for real what should work; d counts what is lost until d again.',
  empty: 'Nothing wrong was found, and nothing is hidden from us.',
  columns: [
    { id: 'what', title: 'WHAT', min: 30 },
    { id: 'subject', title: 'SUBJECT', min: 15, leaves: 1 },
    { id: 'hides', title: 'HIDES', align: 'right', leaves: 3 },
    { id: 'fix', title: 'FIX', leaves: 2 },
  ],
  wide: true,
  deps: (state) => [state.session.gaps, state.diagnosed, state.probe, state.count],
  build: (context) => {
    const { findings, faults, doubts, gaps, diagnosed } = problemsOf(context.state);
    return [
      ...(diagnosed === 'now' ? [] : [lookingItem]),
      ...probeNotes(context),
      ...countNotes(context),
      ...findings.map((finding) => findingItem(finding, context)),
      ...[...faults, ...doubts].map((fault) => faultItem(fault, context)),
      ...gaps.map((gap) => gapItem(gap, context)),
    ];
  },
};
