import { expect, test } from 'vitest';
import { buildEndEntries } from '../../../src/ui/palette/entries.ts';
import { storyGraph } from '../../support/story-graph.ts';

const graph = storyGraph();

test('ends are offered by name, numbers in their order; an echo is told from a port', () => {
  const offers = buildEndEntries(graph, 'to');
  const containers = offers.filter(({ label }) => label.startsWith('shop-'));
  const numbers = containers.filter(({ kind }) => kind === 'ping').map(({ label }) => label);
  expect(numbers.length).toBeGreaterThan(5);
  expect(numbers).toEqual(numbers.toSorted((a, b) => a.localeCompare(b, 'en', { numeric: true })));
  expect(new Set(offers.filter(({ label }) => /:\d+\/tcp$/.test(label)).map(({ kind }) => kind))).toEqual(
    new Set(['port']),
  );
  expect(new Set(buildEndEntries(graph, 'from').map(({ kind }) => kind))).toEqual(new Set(['from']));
});
