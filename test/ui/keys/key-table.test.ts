import { describe, expect, test } from 'vitest';
import { textOf } from '../../../src/ui/format/line.ts';
import { keyName } from '../../../src/ui/keys/binding.ts';
import { footerBindings, keyTable, reasonOf } from '../../../src/ui/keys/key-table.ts';
import { helpLines } from '../../../src/ui/screen/help-rows.ts';
import { allViews } from '../../../src/ui/views/views.ts';
import { storyGraph } from '../../support/story-graph.ts';
import { drive } from '../../support/ui-driver.ts';

/** Ctrl+I is Tab, Ctrl+M Enter, Ctrl+H Backspace on every terminal; F keys never arrive. */
const impossible = /^(?:ctrl\+[imhj[]|f\d+)$/;

const inView = (id: string) => {
  const screen = drive(storyGraph());
  const view = allViews.find((one) => one.id === id)!;
  return screen.press(view.key);
};

describe('the key table', () => {
  test('gives no key two meanings', () => {
    const keys = keyTable.flatMap((binding) => binding.keys);
    expect(keys.filter((key, at) => keys.indexOf(key) !== at)).toEqual([]);
  });

  test('binds no key that terminals cannot tell apart', () => {
    expect(keyTable.flatMap((binding) => binding.keys).filter((key) => impossible.test(key))).toEqual([]);
  });

  test('has an id, a label and a sentence for each', () => {
    expect(new Set(keyTable.map((binding) => binding.id)).size).toBe(keyTable.length);
    for (const binding of keyTable) expect(`${binding.label}${binding.help}`, binding.id).toMatch(/\S{2}/);
  });

  test.each(allViews.map((view) => view.id))('is told completely by the help of %s', (id) => {
    const state = inView(id).state();
    const help = helpLines(state).map(textOf).join('\n');
    for (const binding of keyTable) {
      for (const key of binding.keys) expect(help).toContain(keyName(key, false));
    }
  });

  test.each(allViews.map((view) => view.id))('every key of %s either does something or says why not', (id) => {
    for (const binding of keyTable) {
      const screen = inView(id);
      const reason = reasonOf(binding, screen.state());
      const frame = screen.press(binding.keys[0]!).text();
      if (reason !== true) expect(frame, binding.id).toContain(`${binding.label}: ${reason}`.slice(0, 70));
    }
  });

  test('offers in the footer only what works now', () => {
    for (const view of allViews) {
      const state = inView(view.id).state();
      for (const binding of footerBindings(state))
        expect(reasonOf(binding, state), `${view.id} ${binding.id}`).toBe(true);
    }
  });

  test('leaves help reachable in the footer of the narrowest screen', () => {
    const screen = drive(storyGraph(), { columns: 60, rows: 10 });
    for (const view of allViews) expect(screen.press(view.key).text(), view.id).toContain('? help');
  });
});
