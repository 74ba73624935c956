/** Every key. Handling, footer and help read this one table. */
import type { UiState } from '../state/ui-state.ts';
import { actKeys } from './act-keys.ts';
import { askKeys } from './ask-keys.ts';
import type { Binding } from './binding.ts';
import { moveKeys } from './move-keys.ts';
import { packetKeys } from './packet-keys.ts';
import { findKeys } from './view-keys.ts';
import { watchKeys } from './watch-keys.ts';

export const keyTable: readonly Binding[] = [
  ...moveKeys,
  ...findKeys,
  ...packetKeys,
  ...actKeys,
  ...askKeys,
  ...watchKeys,
];

const byKey: ReadonlyMap<string, Binding> = new Map(
  keyTable.flatMap((binding) => binding.keys.map((key) => [key, binding] as const)),
);

export const bindingOf = (key: string): Binding | undefined => byKey.get(key);

export const reasonOf = (binding: Binding, state: UiState): true | string => binding.when?.(state) ?? true;

/** What the footer offers now: usable bindings in footer order. */
export const footerBindings = (state: UiState): readonly Binding[] =>
  keyTable
    .filter((binding) => binding.footer !== undefined && reasonOf(binding, state) === true)
    .toSorted((a, b) => (a.footer ?? 0) - (b.footer ?? 0));
