/** The path of one packet and of its reply: pick two ends, see which step decides. */
import type { Trace } from '../../trace/trace.ts';
import { line, type Part, span, wrapWords } from '../format/line.ts';
import type { TraceState, UiState } from '../state/ui-state.ts';
import type { Item } from './item.ts';
import { directionItems, stepId } from './trace/direction-items.ts';
import { outcomeMark } from './trace/outcome.ts';
import { proofItems } from './trace/proof-items.ts';
import type { View, ViewContext } from './view.ts';

const textItem = (id: string, ...words: Part[]): Item => ({
  id: `trace text ${id}`,
  faulty: false,
  selectable: false,
  cells: [line(...words)],
});

const endsItem = (trace: TraceState, { glyphs }: ViewContext): Item => ({
  id: 'trace ends',
  faulty: false,
  copy: `${trace.from ?? ''} ${trace.to ?? ''}`,
  cells: [
    line(
      span('from ', 'dim'),
      trace.from === undefined ? span('press t', 'accent') : span(trace.from, 'strong'),
      ` ${glyphs.arrow} `,
      span('to ', 'dim'),
      trace.to === undefined ? span('?', 'accent') : span(trace.to, 'strong'),
      trace.answer !== undefined &&
        !('error' in trace.answer) &&
        line('   ', outcomeMark(trace.answer.outcome, glyphs)),
    ),
  ],
});

const whatIfItems = (trace: TraceState): readonly Item[] => [
  ...trace.without.map((rule, at) =>
    textItem(`without ${at}`, span('what if ', 'warn'), 'without ', span(rule, 'strong')),
  ),
  ...Object.entries(trace.withSysctl).map(([name, value]) =>
    textItem(`sysctl ${name}`, span('what if ', 'warn'), `${name} = ${value}`),
  ),
];

const replyItems = (answer: Trace, context: ViewContext): readonly Item[] => {
  if (answer.reply === undefined) return [textItem('no reply', span('reply', 'dim'), '  not reached')];
  const decides = answer.request.outcome === 'delivered' && answer.reply.outcome !== 'delivered';
  const open = decides !== context.place.toggled.has('reply');
  return [
    {
      id: 'reply',
      faulty: false,
      foldable: true,
      depth: 0,
      cells: [
        line(
          span(open ? context.glyphs.unfolded : context.glyphs.folded, 'accent'),
          ' ',
          span('reply', 'strong'),
          '  ',
          outcomeMark(answer.reply.outcome, context.glyphs),
        ),
      ],
    },
    ...(open ? directionItems('reply', answer.reply, context) : []),
  ];
};

const answerItems = (answer: Trace, context: ViewContext): readonly Item[] => [
  ...wrapWords(answer.explanation, context.state.columns - 2).map((text, at) => textItem(`explanation ${at}`, text)),
  textItem('space', ''),
  ...directionItems('request', answer.request, context),
  ...replyItems(answer, context),
  ...(answer.listener === undefined ? [] : [textItem('listener', span('listener  ', 'dim'), answer.listener.text)]),
  ...answer.gaps.map((gap, at) =>
    textItem(
      `gap ${at}`,
      span(`? ${gap.source}: ${gap.reason} ${gap.detail}`, 'doubt'),
      gap.howToSee !== undefined && span(` ${context.glyphs.arrow} ${gap.howToSee}`, 'accent'),
    ),
  ),
];

const decidedId = (answer: Trace): string | undefined => {
  const { request, reply } = answer;
  if (request.decidedBy !== undefined) return stepId('request', request.decidedBy.hop, request.decidedBy.step);
  return reply?.decidedBy === undefined ? undefined : stepId('reply', reply.decidedBy.hop, reply.decidedBy.step);
};

export const traceView: View = {
  id: 'trace',
  title: 'Trace',
  key: '8',
  aliases: ['trace', 'path', 'tr'],
  about:
    'Why a packet does or does not arrive. t picks the ends; ⏎ on a hop shows its steps, on a step its evidence; w asks what if; L tries it with a real packet.',
  empty: '',
  detail: false,
  columns: [],
  deps: (state: UiState) => [state.trace, state.place.toggled, state.columns],
  start: (_items, state) =>
    state.trace.answer === undefined || 'error' in state.trace.answer
      ? undefined
      : (decidedId(state.trace.answer) ?? 'request hop 0'),
  build: (context) => {
    const { trace } = context.state;
    const head = [endsItem(trace, context), ...whatIfItems(trace)];
    if (trace.answer === undefined)
      return [
        ...head,
        textItem('space', ''),
        textItem(
          'how 1',
          span('t', 'key'),
          '  on a container, link or netns anywhere: trace from it, then choose where to',
        ),
        textItem('how 2', span('t', 'key'), '  here: choose both ends'),
        textItem('how 3', span(':trace web db:5432/tcp', 'key'), '  the same by name'),
      ];
    if ('error' in trace.answer) return [...head, textItem('error', span(trace.answer.error, 'bad'))];
    return [...head, ...answerItems(trace.answer, context), ...proofItems(trace, context)];
  },
};
