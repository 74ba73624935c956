import { expect, test } from 'vitest';
import { storyGraph } from '../../support/story-graph.ts';
import { drive } from '../../support/ui-driver.ts';

const footer = (rows: readonly string[]): string => rows.at(-1) ?? '';

test('the help says how much more there is, and how to leave it', () => {
  const screen = drive(storyGraph()).press('?');
  expect(footer(screen.frame())).toMatch(/^ j PgDn \d+ more lines {2}Esc leave$/);
  screen.press('G');
  expect(footer(screen.frame())).toBe(' k g back up  Esc leave');
  expect(footer(screen.press('esc').frame())).toContain('/ filter');
});

test('beyond the end of the help there is nothing that would have to be scrolled back', () => {
  const screen = drive(storyGraph()).press('?', ...Array.from({ length: 40 }, () => 'pagedown'));
  const end = screen.text();
  expect(screen.press('k').text()).not.toBe(end);
});
