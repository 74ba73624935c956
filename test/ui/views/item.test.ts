/** What a view costs on a host of many containers: rows are written when they come into sight. */
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { buildTheme } from '../../../src/ui/format/theme.ts';
import { indexOf } from '../../../src/ui/graph-index.ts';
import { composeFrame } from '../../../src/ui/screen/compose-frame.ts';
import { settle } from '../../../src/ui/state/settle.ts';
import { startState } from '../../../src/ui/state/start-state.ts';
import { startPlace, type UiState, type ViewId } from '../../../src/ui/state/ui-state.ts';
import { lazyItem } from '../../../src/ui/views/item.ts';
import { views } from '../../../src/ui/views/views.ts';
import { syntheticSnapshot } from '../../support/synthetic-snapshot.ts';
import { sessionStateOf } from '../../support/ui-driver.ts';

const count = 600;
const graph = buildGraph([syntheticSnapshot(count)]);
const theme = buildTheme({ color: false, ascii: false, linuxConsole: false });
const noServices = { trace: () => ({ error: 'not asked' }), locate: () => [] };

const opened = (view: ViewId): UiState =>
  settle({
    ...startState({ columns: 120, rows: 40, theme, session: sessionStateOf(graph), live: false, readOnly: false }),
    place: startPlace(view),
  });

test('an item is written once, and not before somebody looks', () => {
  let written = 0;
  const item = lazyItem({ id: 'one', faulty: false }, () => {
    written += 1;
    return { cells: ['text'], keywords: 'word' };
  });
  expect(written).toBe(0);
  expect([item.cells, item.keywords, item.cells]).toEqual([['text'], 'word', ['text']]);
  expect(written).toBe(1);
});

describe('on a host of many containers', () => {
  test('the images of containers far below are not looked at for a frame', () => {
    let looked = 0;
    for (const container of graph.containers.values()) {
      const image = container.facts.image;
      Object.defineProperty(container.facts, 'image', {
        get: () => {
          looked += 1;
          return image;
        },
      });
    }
    composeFrame(opened('containers'), noServices);
    expect(looked).toBeGreaterThan(30);
    expect(looked).toBeLessThan(count / 3);
  });

  test('the x-ray begins with folded containers, and opens one by one', () => {
    const context = { graph, index: indexOf(graph), glyphs: theme.glyphs, state: opened('xray') };
    const folded = views.xray.build({ ...context, place: startPlace('xray') });
    expect(folded).toHaveLength(graph.networks.size + count);
    const first = folded.find((item) => item.ref?.kind === 'container')!;
    expect(first.foldable).toBe(true);
    const place = { ...startPlace('xray'), toggled: new Set([first.id]) };
    expect(views.xray.build({ ...context, place }).length).toBeGreaterThan(folded.length);
  });
});
