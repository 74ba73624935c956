import { expect, test } from 'vitest';
import type { Change } from '../../../src/fix/change.ts';
import { selectedItem } from '../../../src/ui/state/select-items.ts';
import { storyGraph } from '../../support/story-graph.ts';
import { type Driver, drive } from '../../support/ui-driver.ts';

const changeOf = (id: string): Change => ({
  id,
  finding: 'veth-down:db',
  title: `change ${id}`,
  state: 'verified',
  commands: [],
  undo: [],
  before: [],
  after: [],
  findingGone: true,
});

/** Oldest first, as it is written. */
const journal = (...ids: readonly string[]) =>
  ({ kind: 'journal', journal: { changes: ids.map(changeOf), damaged: 0, folder: '/var' } }) as const;

const chosen = (screen: Driver): string | undefined => selectedItem(screen.state())?.copy;

test('the journal opens on the newest change, wherever it was left', () => {
  const screen = drive(storyGraph(), { live: true, readOnly: false })
    .send(journal('old', 'older', 'new'))
    .press('J');
  expect(chosen(screen)).toBe('new');
  screen.press('G', '2', 'J');
  expect(chosen(screen)).toBe('new');
});

test('who looks at the newest change goes on to a newer one; who looks at another stays there', () => {
  const screen = drive(storyGraph(), { live: true, readOnly: false }).send(journal('old', 'new')).press('J');
  expect(chosen(screen.send(journal('old', 'new', 'newer')))).toBe('newer');
  screen.press('G');
  expect(chosen(screen.send(journal('old', 'new', 'newer', 'newest')))).toBe('old');
});
