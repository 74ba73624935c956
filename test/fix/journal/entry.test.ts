import { expect, test } from 'vitest';
import type { Plan } from '../../../src/fix/change.ts';
import { readEntries } from '../../../src/fix/journal/entry.ts';
import type { JournalEvent } from '../../../src/fix/journal/journal-record.ts';
import { reportChange } from '../../../src/fix/report-change.ts';

const plan: Plan = {
  finding: 'bridge-down:br0',
  title: 'Switch br0 on',
  remedy: 1,
  commands: [{ argv: ['ip', 'link', 'set', 'dev', 'br0', 'up'] }],
  undo: [{ argv: ['ip', 'link', 'set', 'dev', 'br0', 'down'] }],
  shown: { commands: [['ip', 'link', 'set', 'dev', 'br0', 'up']], undo: [['ip', 'link', 'set', 'dev', 'br0', 'down']] },
};
const planned: JournalEvent = {
  what: 'planned',
  host: 'h',
  boot: 'b',
  plan,
  before: [{ touch: { kind: 'link', ifname: 'br0' }, text: 'down' }],
};
const running: JournalEvent = { what: 'running', step: 0 };
const applied: JournalEvent = { what: 'applied', after: ['up'] };
const checked: JournalEvent = { what: 'checked', findingGone: true };

const stateAfter = (events: readonly JournalEvent[], inProgress = false) => {
  const records = events.map((event) => ({ id: 'a', at: '2026-01-01T00:00:00.000Z', ...event }));
  return readEntries(records).map((entry) => reportChange(entry, inProgress).state);
};

test.each<[string, readonly JournalEvent[]]>([
  ['interrupted', [planned]],
  ['interrupted', [planned, running]],
  ['interrupted', [planned, running, applied]],
  ['interrupted', [planned, running, applied, checked]],
  ['verified', [planned, running, applied, checked, { what: 'kept' }]],
  ['awaiting-confirmation', [planned, { what: 'armed', until: 'x' }, running, applied, checked, { what: 'awaiting' }]],
  ['verified', [planned, running, applied, checked, { what: 'awaiting' }, { what: 'kept' }]],
  ['interrupted', [planned, running, applied, checked, { what: 'kept' }, { what: 'undoing', why: 'asked' }]],
  ['undone', [planned, running, { what: 'undoing', why: 'expired' }, { what: 'undone', why: 'expired' }]],
  ['rolled-back', [planned, running, { what: 'undoing', why: 'rollback' }, { what: 'undone', why: 'rollback' }]],
  ['failed', [planned, running, { what: 'undoing', why: 'asked' }, { what: 'undo-failed', detail: 'x' }]],
])('a change is %s after the lines that say so', (state, events) => {
  expect(stateAfter(events)).toEqual([state]);
});

test('what is being worked on is not interrupted', () => {
  expect(stateAfter([planned, running], true)).toEqual(['previewed']);
  expect(stateAfter([planned, running, applied], true)).toEqual(['applied']);
});

test('lines of a change whose first line is lost are left out', () => {
  expect(stateAfter([running, applied])).toEqual([]);
});
