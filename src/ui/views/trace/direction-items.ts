/** One direction of a trace as items: hops, their steps where they matter, evidence where it was asked for. */
import type { Direction, Hop, Step } from '../../../trace/trace.ts';
import { type Line, line, span, widthOf, wrapWords } from '../../format/line.ts';
import type { Item } from '../item.ts';
import type { ViewContext } from '../view.ts';
import { evidenceLines, packetText } from './evidence.ts';
import { stepMark } from './outcome.ts';

export const stepId = (way: string, hop: number, step: number): string => `${way} ${hop}.${step}`;

/** Steps that say more than "went on": what a folded hop tells in one line. */
const telling = (hop: Hop): readonly Step[] => {
  const chosen = hop.steps.filter((step) => step.verdict !== 'pass' || step.kind === 'route' || step.kind === 'origin');
  return chosen.length > 0 ? chosen : hop.steps.slice(-1);
};

const hopItem = (way: string, hop: Hop, at: number, open: boolean, width: number, { glyphs }: ViewContext): Item => {
  const summary = telling(hop)
    .map((step) => step.text)
    .join(` ${glyphs.dot} `);
  const last = hop.steps.at(-1);
  return {
    id: `${way} hop ${at}`,
    faulty: false,
    foldable: true,
    depth: 0,
    copy: summary,
    cells: [
      line(
        span(String(at + 1).padStart(3), 'dim'),
        ' ',
        span(open ? glyphs.unfolded : glyphs.folded, 'accent'),
        ' ',
        span(hop.at.padEnd(width), 'strong'),
        '  ',
        open ? span(last === undefined ? '' : packetText(last.packet, glyphs), 'dim') : summary,
      ),
    ],
  };
};

/** The rule's own text stands below the deciding step, so it need not be in its line too. */
const headOf = (step: Step, decides: boolean): string => {
  const rule = step.evidence.rule?.rule;
  const at = decides && rule !== undefined && rule !== '' ? step.text.indexOf(rule) : -1;
  // The chain's name stands before the rule already.
  return at <= 0
    ? step.text.replace(/(\S+ rule \d+): -A \S+ /, '$1: ')
    : `${step.text.slice(0, at).replace(/[\s:,]+$/, '')}${step.text.slice(at + rule!.length)}`;
};

const explanationLines = (step: Step, columns: number): readonly Line[] => {
  const rule = step.evidence.rule;
  if (rule === undefined) return [];
  const purpose = rule.madeBy === undefined ? [] : wrapWords(`${rule.madeBy}: ${rule.purpose ?? ''}`, columns - 12);
  const rows = wrapWords(rule.rule, columns - 12).map((text) => line(span(text, 'strong')));
  return [...rows, ...purpose.map((text) => line(span(text, 'dim')))];
};

const belowStep = (id: string, words: readonly Line[]): readonly Item[] =>
  words.map((text, at) => ({
    id: `${id} below ${at}`,
    faulty: false,
    selectable: false,
    depth: 2,
    cells: [line(' '.repeat(10), text)],
  }));

const stepItems = (
  way: string,
  step: Step,
  hopAt: number,
  stepAt: number,
  decides: boolean,
  context: ViewContext,
): readonly Item[] => {
  const id = stepId(way, hopAt, stepAt);
  const open = context.place.toggled.has(id);
  const mark = stepMark(step, context.glyphs);
  const bad = step.verdict !== 'pass' && step.verdict !== 'changed' && step.verdict !== 'delivered';
  const text = span(
    headOf(step, decides),
    decides ? (step.verdict === 'unknown' ? 'doubt' : bad ? 'bad' : 'strong') : 'plain',
  );
  const evidence = open
    ? evidenceLines(step, context.glyphs)
    : decides
      ? explanationLines(step, context.state.columns)
      : [];
  return [
    {
      id,
      ref: { kind: 'step', id },
      faulty: bad,
      foldable: true,
      depth: 1,
      copy: step.evidence.rule?.rule ?? step.evidence.route ?? step.text,
      cells: [
        line(
          ' '.repeat(Math.max(0, 8 - widthOf(mark))),
          mark,
          ' ',
          text,
          decides &&
            span(`  ${context.glyphs.from} decides`, step.verdict === 'unknown' ? 'doubt' : bad ? 'bad' : 'good'),
        ),
      ],
    },
    ...belowStep(id, evidence),
  ];
};

export const directionItems = (way: string, direction: Direction, context: ViewContext): readonly Item[] => {
  const width = Math.min(
    24,
    direction.hops.reduce((widest, hop) => Math.max(widest, widthOf(hop.at)), 0),
  );
  return direction.hops.flatMap((hop, at) => {
    const decided = direction.decidedBy?.hop === at ? direction.decidedBy.step : undefined;
    const open = (decided !== undefined) !== context.place.toggled.has(`${way} hop ${at}`);
    return [
      hopItem(way, hop, at, open, width, context),
      ...(open
        ? hop.steps.flatMap((step, stepAt) => stepItems(way, step, at, stepAt, decided === stepAt, context))
        : []),
    ];
  });
};
