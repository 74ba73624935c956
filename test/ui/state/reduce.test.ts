import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { locate } from '../../../src/graph/locate.ts';
import { selectedItem, selectItems } from '../../../src/ui/state/select-items.ts';
import { storyGraph, storySnapshot, withoutContainer, withVethDown } from '../../support/story-graph.ts';
import { syntheticSnapshot } from '../../support/synthetic-snapshot.ts';
import { type Driver, drive } from '../../support/ui-driver.ts';

const graph = storyGraph();
const start = (): Driver => drive(graph, { locate: (words) => locate(graph, words) });
const chosen = (driver: Driver): string | undefined => selectedItem(driver.state())?.copy;

describe('the cursor', () => {
  test('moves with arrows and letters and stops at the ends', () => {
    const screen = start().press('2');
    const first = chosen(screen);
    screen.press('up', 'k');
    expect(chosen(screen)).toBe(first);
    screen.press('j', 'down', 'j');
    expect(screen.state().place.index).toBe(3);
    screen.press('G');
    expect(screen.state().place.index).toBe(11);
    screen.press('j');
    expect(screen.state().place.index).toBe(11);
    screen.press('g');
    expect(chosen(screen)).toBe(first);
  });

  test('is always on the screen, and so is what it stands on', () => {
    const screen = drive(buildGraph([syntheticSnapshot(60)]), { columns: 80, rows: 24 }).press('2');
    for (const key of ['pagedown', 'pagedown', 'j', 'ctrl+d', 'G', 'pageup', 'ctrl+u', 'k', 'g']) {
      screen.press(key);
      expect(screen.text()).toContain(`▌● ${chosen(screen)}`);
    }
  });

  test('passes over headings', () => {
    const screen = start().press('6', 'g');
    const seen = new Set<boolean>();
    for (let at = 0; at < 10; at++) seen.add(selectedItem(screen.press('j').state())?.selectable !== false);
    expect(seen).toEqual(new Set([true]));
  });

  test('stays on its thing when rows around it come and go', () => {
    const screen = start().press('2', 'j', 'j', 'j', 'j');
    const name = chosen(screen);
    screen.update(buildGraph([withoutContainer(storySnapshot(), 1)]));
    expect(chosen(screen)).toBe(name);
    screen.update(graph);
    expect(chosen(screen)).toBe(name);
  });

  test('stays near when its thing is gone', () => {
    const screen = start().press('2', 'j', 'j', 'j');
    const container = selectedItem(screen.state())?.copy ?? '';
    const number = Number(container.split('-').at(-1));
    screen.update(buildGraph([withoutContainer(storySnapshot(), number)]));
    expect(chosen(screen)).not.toBe(container);
    expect(screen.state().place.index).toBe(3);
  });

  test('is restored when one comes back to a view', () => {
    const screen = start().press('2', 'j', 'j', 'j');
    const name = chosen(screen);
    screen.press('3', '2');
    expect(chosen(screen)).toBe(name);
  });
});

describe('the filter', () => {
  test('keeps rows in which every word occurs, while it is being typed', () => {
    const screen = start().press('2', '/', "'db");
    expect(selectItems(screen.state()).items.map((item) => item.copy)).toEqual(['shop-db-2', 'shop-db-10']);
    screen.press("' 10");
    expect(selectItems(screen.state()).items.map((item) => item.copy)).toEqual(['shop-db-10']);
  });

  test('hides rows with a word after an exclamation mark', () => {
    const screen = start().press('2', '/', "'shop !db !web", 'enter');
    expect(selectItems(screen.state()).items.length).toBe(12 - 2 - 1);
  });

  test('is kept by Enter, dropped by Esc, and cleared by Esc afterwards', () => {
    const screen = start().press('2', '/', "'db", 'enter');
    expect(screen.state().place.filter).toBe('db');
    screen.press('/', "'x", 'esc');
    expect(screen.state().place.filter).toBe('db');
    screen.press('esc');
    expect(screen.state().place.filter).toBe('');
  });

  test('says so when nothing matches', () => {
    expect(start().press('2', '/', "'nonesuch").text()).toContain('Nothing of 12 matches "nonesuch"');
  });

  test('finds addresses, networks and MAC addresses too', () => {
    const screen = start().press('2', '/', "'02:42:ac:00:00:05");
    expect(selectItems(screen.state()).items.map((item) => item.copy)).toEqual(['shop-worker-5']);
  });

  test('in a tree keeps what leads to a match', () => {
    const screen = start().press('4', '/', "'shop-db-2");
    expect(screen.text()).toMatch(/br-0+1[\s\S]*shop-db-2\/eth0/);
    expect(screen.text()).not.toContain('shop-web-8');
  });
});

describe('faults only', () => {
  test('shows what is broken and nothing else', () => {
    const broken = buildGraph([withVethDown(storySnapshot(), 7)]);
    const screen = drive(broken).press('2', 'F');
    expect(selectItems(screen.state()).items.map((item) => item.copy)).toEqual(['shop-mail-7']);
    expect(screen.press('F').state().place.faultsOnly).toBe(false);
  });
});

describe('sorting', () => {
  test('goes through the columns and back to the original order; numbers count as numbers', () => {
    const screen = start().press('2', 's');
    expect(screen.text()).toContain('sorted by name');
    expect(screen.state().place.sort).toEqual({ column: 'name', descending: false });
    const names = selectItems(screen.state()).items.map((item) => item.copy);
    expect(names.indexOf('shop-db-2')).toBeLessThan(names.indexOf('shop-db-10'));
    screen.press('S');
    expect(selectItems(screen.state()).items.map((item) => item.copy)).toEqual(names.toReversed());
    for (let at = 0; at < 9; at++) screen.press('s');
    expect(screen.state().place.sort).toBeUndefined();
  });

  test('needs a column before it can be reversed, and says so', () => {
    expect(start().press('2', 'S').text()).toContain('reverse: sort by a column first');
  });
});

describe('related things', () => {
  test('from a container to its veth, on to the bridge, and back twice', () => {
    const screen = start().press('2', 'tab', 'enter');
    expect(screen.state().place.view).toBe('links');
    expect(screen.text()).toContain('⇄ shop-');
    screen.press('tab', 'down', 'down', 'enter');
    expect(chosen(screen)).toMatch(/^br-/);
    screen.press('[', '[');
    expect(screen.state().place.view).toBe('containers');
    screen.press(']');
    expect(screen.state().place.view).toBe('links');
    screen.press('-');
    expect(screen.state().place.view).toBe('containers');
    screen.press('-');
    expect(screen.state().place.view).toBe('links');
  });

  test('a filter that would hide the target gives way', () => {
    const screen = start().press('i', '/', "'ens3", 'enter', '2', 'tab', 'enter');
    expect(screen.state().place.view).toBe('links');
    expect(screen.state().place.filter).toBe('');
    expect(chosen(screen)).toMatch(/^veth/);
  });

  test('the rules that name a container, and everything below it', () => {
    const screen = start().press('2', '/', "'cache", 'enter', 'u');
    expect(screen.state().place).toMatchObject({ view: 'rules', root: { kind: 'container' } });
    screen.press('esc', 'x');
    expect(screen.state().place).toMatchObject({ view: 'xray', root: { kind: 'container' } });
    expect(screen.text()).toContain('shop-cache');
  });
});

describe('the palette', () => {
  test('leads from an address to the container in four keys besides the address itself', () => {
    const screen = start().press(' ', "'172.20.0.4", 'enter');
    expect(screen.state().place.view).toBe('containers');
    expect(chosen(screen)).toBe('shop-cache-3');
  });

  test('leads from a veth to its link, and shows the container behind it without another key', () => {
    const veth = [...graph.links.values()].find((link) => link.facts.ifindex === 105)!.facts.ifname;
    const screen = start().press('ctrl+p', `'${veth}`, 'enter');
    expect(screen.text()).toMatch(/owner +shop-worker-5/);
  });

  test('is left by Esc without going anywhere', () => {
    const screen = start().press('2', ' ', "'db", 'esc');
    expect(screen.state().place.view).toBe('containers');
    expect(screen.state().prompt).toBeUndefined();
  });

  test('says when nothing is called that', () => {
    expect(start().press(' ', "'zzzzzz").text()).toContain('nothing here is called that');
  });
});

describe('commands', () => {
  test('open views by name, alias and unambiguous beginning, with a filter', () => {
    expect(start().press(':', "'networks", 'enter').state().place.view).toBe('networks');
    expect(start().press(':', "'ns", 'enter').state().place.view).toBe('netns');
    const screen = start().press(':', "'containers /db", 'enter');
    expect(screen.state().place).toMatchObject({ view: 'containers', filter: 'db' });
  });

  test('are completed by Tab', () => {
    const screen = start().press(':', "'netw", 'tab');
    expect(screen.state().prompt).toMatchObject({ text: 'network' });
    expect(start().press(':', "'ref", 'tab').state().prompt).toMatchObject({ text: 'refresh ' });
  });

  test('that do not exist are told, with the way to find those that do', () => {
    expect(start().press(':', "'frobnicate", 'enter').text()).toContain('no command frobnicate (Tab shows them)');
  });

  test('locate goes to the one thing meant', () => {
    expect(chosen(start().press(':', "'locate shop-db-2", 'enter'))).toBe('shop-db-2');
  });

  test('quit quits', () => {
    expect(start().press(':', "'q", 'enter').effects()).toContainEqual({ kind: 'quit' });
  });
});

describe('what is pasted', () => {
  test('never acts as keys', () => {
    const screen = start().send({ kind: 'paste', text: 'q' });
    expect(screen.effects()).toEqual([]);
  });

  test('is text where text is being typed, on one line', () => {
    const screen = start().press('2', '/').send({ kind: 'paste', text: 'db\n2' });
    expect(screen.state().place.filter).toBe('db 2');
  });
});

describe('the mouse', () => {
  test('selects rows, opens tabs and scrolls', () => {
    const screen = start().press('2').send({ kind: 'click', column: 5, row: 6 });
    expect(screen.state().place.index).toBe(3);
    screen.send({ kind: 'click', column: 25, row: 1 });
    expect(screen.state().place.view).toBe('networks');
    screen.press('2').send({ kind: 'wheel', lines: 3 });
    expect(screen.text()).toContain('▌');
  });
});

describe('copying', () => {
  test('takes the name, or everything that is known', () => {
    const screen = start().press('2', '/', "'db-2", 'enter', 'y');
    expect(screen.effects()).toContainEqual({ kind: 'copy', text: 'shop-db-2' });
    screen.press('Y');
    const long = screen.effects().findLast((effect) => effect.kind === 'copy');
    expect(long?.kind === 'copy' && long.text).toMatch(/shop-db-2[\s\S]*172\.20\.0\.3[\s\S]*netns/);
  });
});
