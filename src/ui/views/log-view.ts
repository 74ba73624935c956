/** What was asked of the hosts: every command and question, how long it took and how it ended. */
import { span } from '../format/line.ts';
import type { Item } from './item.ts';
import type { View } from './view.ts';

export const logView: View = {
  id: 'log',
  title: 'Log',
  key: '@',
  aliases: ['log', 'commands', 'asked'],
  about: 'Every command that was run and every question that was asked to make this picture.',
  empty: 'Nothing was asked yet.',
  detail: false,
  columns: [
    { id: 'at', title: 'AT', leaves: 2 },
    { id: 'ms', title: 'MS', align: 'right' },
    { id: 'outcome', title: 'ENDED', min: 4 },
    { id: 'what', title: 'WHAT', min: 30 },
    { id: 'detail', title: 'DETAIL', min: 10, leaves: 1 },
  ],
  deps: (state) => [state.log],
  build: ({ state }): readonly Item[] =>
    state.log.map((entry, at) => ({
      id: `asked ${entry.at} ${at} ${entry.what}`,
      ref: { kind: 'asked', id: String(at) },
      faulty: entry.outcome !== 'ok',
      copy: entry.what,
      cells: [
        span(entry.at.slice(11, 23), 'dim'),
        entry.durationMs < 10 ? entry.durationMs.toFixed(1) : String(Math.round(entry.durationMs)),
        span(entry.outcome, entry.outcome === 'ok' ? 'good' : entry.outcome === 'gap' ? 'doubt' : 'bad'),
        entry.what,
        span(entry.detail ?? '', 'dim'),
      ],
    })),
};
