import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { cellWidth } from '../../../src/std/printable.ts';
import { allViews } from '../../../src/ui/views/views.ts';
import { expectFile } from '../../support/expect-file.ts';
import { loadRecording } from '../../support/load-recording.ts';
import { storyGraph, storySnapshot, withHostileNames } from '../../support/story-graph.ts';
import { drive } from '../../support/ui-driver.ts';

const recorded = buildGraph([await loadRecording('docker-28-standard')]);

const withoutStyle = (row: string): string => row.replace(/\u001b\[[0-9;]*m/g, '');

describe('a frame', () => {
  test.each([
    [80, 24],
    [120, 40],
    [60, 10],
    [200, 60],
    [133, 17],
  ])('of %i×%i has that many rows, none wider, in every view', (columns, rows) => {
    for (const view of allViews) {
      for (const keys of [[], ['tab'], ['+'], ['+', '+'], ['?'], ['/', "'a"], [':', "'n"], [' ', "'1"], ['F']]) {
        const frame = drive(recorded, { columns, rows, color: true })
          .press(view.key, ...keys)
          .painted();
        expect(frame.length, `${view.id} ${keys.join(' ')}`).toBe(rows);
        for (const row of frame) expect(cellWidth(withoutStyle(row)), `${view.id} ${row}`).toBeLessThanOrEqual(columns);
      }
    }
  });

  test('carries nothing a host put into its names but visible text', () => {
    const hostile = buildGraph([withHostileNames(storySnapshot())]);
    for (const view of allViews) {
      for (const keys of [[], ['tab'], ['+', '+'], [' ', "'evil"], ['/', "'evil"]]) {
        for (const row of drive(hostile, { color: true, columns: 200, rows: 60, diagnosed: true })
          .press(view.key, ...keys)
          .painted()) {
          const text = withoutStyle(row);
          expect(text, view.id).not.toMatch(/[\p{Cc}\p{Cf}]/u);
          expect(cellWidth(text)).toBeLessThanOrEqual(200);
        }
      }
    }
  });

  test('is ASCII only where the terminal has no UTF-8, also with names that are not', () => {
    const hostile = buildGraph([withHostileNames(storySnapshot())]);
    for (const view of allViews) {
      for (const row of drive(hostile, { ascii: true, color: true, diagnosed: true }).press(view.key).painted()) {
        expect(withoutStyle(row), view.id).toMatch(/^[\x20-\x7e]*$/);
      }
    }
  });

  test('needs no colour: without it no colour code is sent', () => {
    for (const view of allViews) {
      for (const row of drive(recorded, { color: false }).press(view.key).painted()) {
        expect(row, view.id).not.toMatch(/\u001b\[(?:[0-9;]*;)?(?:3[0-8]|4[0-8]|9[0-7])m/);
      }
    }
  });

  test('on a terminal that is too small says what it needs', () => {
    const screen = drive(storyGraph(), { columns: 50, rows: 8 });
    expect(screen.text()).toContain('needs 60x10');
    expect(screen.text()).toContain('this is 50x8');
  });

  test('before anything was read is a frame already', () => {
    const screen = drive(undefined);
    expect(screen.text()).toMatch(/vethscope[\s\S]*Reading the host/);
    expect(screen.press('2', '4', 'j', 'tab', 'enter', '/', "'x", 'esc', ' ', 'esc', 't').frame().length).toBe(24);
  });

  test('says when the host could not be read, and how it could', () => {
    const screen = drive(undefined).send({
      kind: 'session',
      session: {
        phase: 'failed',
        following: false,
        gaps: [{ source: 'netns', reason: 'forbidden', detail: 'not permitted', howToSee: 'run as root' }],
      },
      log: [],
    });
    expect(screen.text()).toMatch(/could not be read[\s\S]*netns: not permitted → run as root/);
  });
});

describe('what a person reads', () => {
  test.each(allViews.map((view) => [view.id, view.key] as const))('at 80×24 in %s', (id, key) => {
    expectFile(`screen/80x24-${id}.txt`, `${drive(recorded, { diagnosed: true }).press(key).text()}\n`);
  });

  test.each(allViews.map((view) => [view.id, view.key] as const))('at 120×40 in %s', (id, key) => {
    expectFile(
      `screen/120x40-${id}.txt`,
      `${drive(recorded, { columns: 120, rows: 40, diagnosed: true }).press(key).text()}\n`,
    );
  });
});
