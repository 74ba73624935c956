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

/** As many views as fit, from the left; the current one always, at the end if it has to be. */
export const tabsOf = (state: UiState): readonly Tab[] => {
  const { columns } = state;
  const current = views[state.place.view];
  const widthOf = (view: View): number => titleOf(view, columns).length + 1;
  const tabs: Tab[] = [];
  let at = 1;
  let full = false;
  for (const view of allViews) {
    const reserve = view === current || tabs.some((tab) => tab.view === current.id) ? 0 : widthOf(current);
    full ||= at + widthOf(view) + reserve > columns;
    if (full && view !== current) continue;
    tabs.push({ view: view.id, text: titleOf(view, columns), at });
    at += widthOf(view);
  }
  return tabs;
};

export const tabAt = (state: UiState, column: number): ViewId | undefined =>
  tabsOf(state).find((tab) => column >= tab.at && column < tab.at + tab.text.length)?.view;
