/** What the kernel does while it is watched: losses first, each with its number, its rate and its way. */
import type { WatchAccount } from '../../live/watch/watch-account.ts';
import type { WatchQuestion } from '../../session.ts';
import { line, span, type Tone, wrapWords } from '../format/line.ts';
import type { UiState } from '../state/ui-state.ts';
import type { WatchState } from '../state/watch-actions.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';
import { groupItems } from './watch/group-items.ts';

const text = (id: string, words: string, tone: Tone = 'plain'): Item => ({
  id: `watch text ${id}`,
  faulty: false,
  selectable: false,
  cells: [span(words, tone)],
});

const wrapped = (id: string, words: string, { state }: ViewContext, tone: Tone = 'plain'): readonly Item[] =>
  wrapWords(words, state.columns - 3).map((part, at) => text(`${id} ${at}`, part, tone));

const seconds = (ms: number): string => `${Math.max(0, Math.round(ms / 1000))} s`;

const stageWords = (watch: WatchState): readonly [string, Tone] => {
  const { account, plan } = watch;
  if (account === undefined)
    return plan !== undefined && 'error' in plan ? ['cannot be had', 'warn'] : ['not armed', 'dim'];
  switch (account.phase) {
    case 'arming':
      return ['arming …', 'accent'];
    case 'watching':
      return [`watching for ${seconds(account.at - account.startedAt)} of ${seconds(account.durationMs)}`, 'good'];
    case 'over':
      return [`over after ${seconds(account.at - account.startedAt)}`, 'dim'];
    case 'failed':
      return ['failed', 'bad'];
  }
};

const subject = ({ flow }: WatchQuestion, { glyphs }: ViewContext) =>
  flow === undefined
    ? line(span('everything the kernel drops', 'strong'))
    : line(span(flow.from, 'strong'), ` ${glyphs.arrow} `, span(flow.to, 'strong'));

const headItem = (watch: WatchState, context: ViewContext): Item => ({
  id: 'watch head',
  faulty: false,
  selectable: false,
  copy: watch.question.flow === undefined ? 'drops' : `${watch.question.flow.from} ${watch.question.flow.to}`,
  cells: [line(span('watch  ', 'dim'), subject(watch.question, context), '   ', span(...stageWords(watch)))],
});

const planItems = ({ plan }: WatchState, context: ViewContext): readonly Item[] => {
  if (plan === undefined) return [text('planning', 'working out what it takes …', 'dim')];
  if ('error' in plan)
    return wrapped(
      'refused',
      `${plan.error}${plan.howToSee === undefined ? '' : ` (${plan.howToSee})`}`,
      context,
      'warn',
    );
  return [
    text('space', ''),
    ...wrapped('announced', plan.announced, context),
    text('space 2', ''),
    {
      id: 'watch arm',
      faulty: false,
      selectable: false,
      cells: [line(span('a', 'key'), '  arms it; nothing is added before')],
    },
  ];
};

const leftOutWords = ({ leftOut }: WatchAccount): string =>
  [
    leftOut.rules > 0 ? `${leftOut.rules} packets not traced` : '',
    leftOut.drops > 0 ? `${leftOut.drops} drops not told` : '',
    leftOut.connections > 0 ? `${leftOut.connections} changes of connections not told` : '',
    leftOut.groups > 0 ? `${leftOut.groups} of more kinds` : '',
    leftOut.noise > 0 ? `${leftOut.noise} drops that are no loss` : '',
  ]
    .filter((part) => part !== '')
    .join(', ');

const accountItems = (account: WatchAccount, context: ViewContext): readonly Item[] => {
  const nothing = account.flow === undefined ? 'the kernel drops nothing' : 'no packet of it was seen yet';
  const left = leftOutWords(account);
  return [
    ...(account.error === undefined ? [] : wrapped('error', account.error, context, 'bad')),
    ...(account.model === undefined
      ? []
      : wrapped('model', `the model says: ${account.model.explanation}`, context, 'dim')),
    ...(account.groups.length === 0 ? [text('nothing', nothing, 'dim')] : []),
    ...account.groups.flatMap((group) => groupItems(group, context)),
    ...(account.unanswered ? [text('unanswered', 'no answer to any of them was seen', 'warn')] : []),
    ...(left === '' ? [] : [text('left', `left out: ${left}`, 'dim')]),
    ...account.gaps.flatMap((gap, at) => wrapped(`gap ${at}`, `? ${gap.source}: ${gap.detail}`, context, 'doubt')),
  ];
};

export const watchView: View = {
  id: 'watch',
  title: 'Watch',
  key: 'K',
  aliases: ['watch', 'drops', 'kernel'],
  about:
    "The kernel's own account: of a flow, rule by rule, or of everything it drops, with its reason. a arms and ends it; ⏎ on a group shows the way its packets took.",
  empty: '',
  detail: false,
  columns: [],
  deps: (state: UiState) => [state.watch, state.place.toggled, state.columns],
  start: (items) => items.find(({ id }) => id.startsWith('watch group'))?.id,
  build: (context) => {
    const { watch } = context.state;
    if (watch === undefined)
      return [
        text('how 0', 'Nothing is watched.'),
        text('space', ''),
        {
          id: 'watch how 1',
          faulty: false,
          selectable: false,
          cells: [line(span('K', 'key'), '  in a trace: watch that flow, rule by rule; elsewhere: all drops')],
        },
        {
          id: 'watch how 2',
          faulty: false,
          selectable: false,
          cells: [
            line(span(':watch web db:5432', 'key'), '  the same by name; ', span(':watch', 'key'), '  all drops'),
          ],
        },
      ];
    const { account } = watch;
    return [
      headItem(watch, context),
      ...(account === undefined ? planItems(watch, context) : accountItems(account, context)),
    ];
  },
};
