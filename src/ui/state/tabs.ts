/** The row of tabs: which views fitTo, and which one a click hits. */
import type { View } from '../views/view.ts';
import { allViews, views } from '../views/views.ts';
import type { UiState, ViewId } from './ui-state.ts';

export interface Tab {
  readonly view: ViewId;
  readonly text: string;
  /** First cell, counted from 0. */
  readonly at: number;
}

const narrow: Readonly<Partial<Record<ViewId, string>>> = { overview: 'Host' };

const titleOf = (view: View, columns: number): string =>
  `${view.key} ${columns < 100 ? (narrow[view.id] ?? view.title) : view.title}`;

/** As many views as fitTo; the current one always, at the end if it has to be. */
export const tabsOf = (state: UiState): readonly Tab[] => {
  const { columns } = state;
  const current = views[state.place.view];
  const room = columns - 2;
  const widths = allViews.map((view) => titleOf(view, columns).length + 1);
  const reserve = titleOf(current, columns).length + 1;
  const tabs: Tab[] = [];
  let at = 1;
  let seen = false;
  for (const [index, view] of allViews.entries()) {
    const width = widths[index]!;
    const mustKeep = seen || view === current ? 0 : reserve;
    if (at + width + mustKeep > room + 1) continue;
    tabs.push({ view: view.id, text: titleOf(view, columns), at });
    at += width;
    seen ||= view === current;
  }
  return tabs;
};

export const tabAt = (state: UiState, column: number): ViewId | undefined =>
  tabsOf(state).find((tab) => column >= tab.at && column < tab.at + tab.text.length)?.view;
