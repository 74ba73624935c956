/** Packets that went the same way, as rows: the sentence with its number, and the way of one of them when it is unfolded. */
import type { WatchGroup } from '../../../live/watch/watch-account.ts';
import { line, type Span, span, wrapWords } from '../../format/line.ts';
import type { Item } from '../item.ts';
import { directionItems } from '../trace/direction-items.ts';
import type { ViewContext } from '../view.ts';

const directions = { request: '', reply: 'answer ', error: 'ICMP error ' } as const;

const mark = ({ kind, outcome }: WatchGroup, { glyphs }: ViewContext): Span => {
  if (kind === 'connection') return span(glyphs.dot, 'dim');
  switch (outcome) {
    case 'delivered':
      return span(glyphs.check, 'good');
    case 'left':
      return span(glyphs.arrow, 'accent');
    case 'vanished':
    case 'unknown':
      return span(glyphs.unknown, 'doubt');
    default:
      return span(glyphs.down, 'bad');
  }
};

const isLoss = ({ kind, outcome }: WatchGroup): boolean =>
  kind !== 'connection' && outcome !== 'delivered' && outcome !== 'left';

/** Mark, number, rate. */
const lead = 19;
const rowLimit = 4;

const rateOf = ({ perSecond }: WatchGroup): string => (perSecond > 0 ? `${perSecond}/s` : '');

const below = (id: string, words: string, indent: number): Item => ({
  id,
  faulty: false,
  selectable: false,
  depth: 1,
  cells: [line(' '.repeat(indent), words)],
});

export const groupItems = (group: WatchGroup, context: ViewContext): readonly Item[] => {
  const id = `watch group ${group.id}`;
  const open = context.place.toggled.has(id);
  const { glyphs, state } = context;
  const way = group.way !== undefined && group.way.hops.length > 0 ? group.way : undefined;
  const flags = group.flags === undefined ? '' : `${group.flags.join(' ')} `;
  const words = `${group.direction === undefined ? '' : directions[group.direction]}${flags}${group.text}`;
  const [first = '', ...rest] = wrapWords(words, Math.max(30, state.columns - lead - 2));
  const shown = open ? rest : rest.slice(0, rowLimit - 1);
  const fold = way === undefined ? ' ' : open ? glyphs.unfolded : glyphs.folded;
  const times = state.theme.ascii ? 'x' : '×';
  return [
    {
      id,
      faulty: isLoss(group),
      foldable: true,
      depth: 0,
      copy: group.text,
      keywords: words,
      cells: [
        line(
          span(fold, 'accent'),
          ' ',
          mark(group, context),
          ' ',
          span(`${group.count}${times}`.padStart(6), 'strong'),
          span(rateOf(group).padStart(7), 'dim'),
          '  ',
          span(first, isLoss(group) ? 'strong' : 'plain'),
        ),
      ],
    },
    ...shown.map((part, at) => below(`${id} text ${at}`, part, lead)),
    // Steps lead to the trace's own; those of a watch stand for themselves.
    ...(open && way !== undefined
      ? directionItems(`watch ${group.id}`, way, context).map(({ ref: _ref, ...item }) => ({
          ...item,
          depth: (item.depth ?? 0) + 1,
        }))
      : []),
  ];
};
