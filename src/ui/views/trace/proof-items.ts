/** A live proof below a trace: whether the kernel agrees with the model, and its own account folded under it. */
import type { LiveAccount } from '../../../live/live-account.ts';
import { line, span, type Tone, wrapWords } from '../../format/line.ts';
import type { TraceState } from '../../state/ui-state.ts';
import type { Item } from '../item.ts';
import type { ViewContext } from '../view.ts';
import { directionItems } from './direction-items.ts';

const tones: Readonly<Record<LiveAccount['agreement'], Tone>> = {
  agrees: 'good',
  disagrees: 'bad',
  'cannot-tell': 'doubt',
};

const text = (id: string, words: string, tone: Tone): Item => ({
  id: `trace text live ${id}`,
  faulty: false,
  selectable: false,
  cells: [line('  ', span(words, tone))],
});

const accountItems = (live: LiveAccount, context: ViewContext): readonly Item[] => {
  const { glyphs, place, state } = context;
  const marks = { agrees: glyphs.check, disagrees: glyphs.down, 'cannot-tell': glyphs.unknown };
  const open = place.toggled.has('live');
  const verdict = `${marks[live.agreement]} ${live.agreement === 'cannot-tell' ? 'cannot tell' : live.agreement}`;
  const [first = '', ...rest] = wrapWords(live.why, Math.max(20, state.columns - 26));
  return [
    {
      id: 'live',
      faulty: live.agreement === 'disagrees',
      foldable: true,
      depth: 0,
      copy: live.explanation,
      cells: [
        line(
          span(open ? glyphs.unfolded : glyphs.folded, 'accent'),
          ' ',
          span('live', 'strong'),
          '   ',
          span(verdict, tones[live.agreement]),
          '  ',
          first,
        ),
      ],
    },
    ...rest.map((words, at) => text(`why ${at}`, words, 'plain')),
    ...(open
      ? [
          ...directionItems('live request', live.request, context),
          ...(live.reply === undefined ? [] : directionItems('live reply', live.reply, context)),
        ]
      : []),
    ...live.gaps.map((gap, at) => text(`gap ${at}`, `? ${gap.source}: ${gap.detail}`, 'doubt')),
  ];
};

export const proofItems = ({ live }: TraceState, context: ViewContext): readonly Item[] => {
  if (live === undefined) return [];
  if ('progress' in live)
    return wrapWords(`live   ${live.progress} …`, context.state.columns - 4).map((words, at) =>
      text(`progress ${at}`, words, 'accent'),
    );
  const { proof } = live;
  if ('live' in proof) return accountItems(proof.live, context);
  const why = 'error' in proof ? proof.error : proof.gap.detail;
  return wrapWords(`live   not tried: ${why}`, context.state.columns - 4, '       ').map((words, at) =>
    text(`refused ${at}`, words, 'warn'),
  );
};
