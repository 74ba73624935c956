import { expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { formatTable } from '../../src/report/format-table.ts';
import { formatDot } from '../../src/report/graph/format-dot.ts';
import { formatMermaid } from '../../src/report/graph/format-mermaid.ts';
import { formatSvg } from '../../src/report/graph/format-svg.ts';
import { formatTree } from '../../src/report/graph/format-tree.ts';
import { lists } from '../../src/report/list/report-list.ts';
import { makeContainer, makeEngine, makeLink, makeNetns, makeSnapshot } from '../graph/make-snapshot.ts';

const plain = { color: false, ascii: false };

test('columns are as wide as their widest cell, also in cells of two columns; the last is not padded', () => {
  const columns = [
    { title: 'A', cell: (row: readonly string[]) => row[0] },
    { title: 'B', cell: (row: readonly string[]) => row[1] },
  ];
  expect(
    formatTable(
      columns,
      [
        ['網路', 'x'],
        ['abc', ''],
      ],
      plain,
    ),
  ).toBe('A     B\n網路  x\nabc   -\n');
});

test('a column that is empty in every row is left out', () => {
  const columns = [
    { title: 'A', cell: (row: string) => row },
    { title: 'B', cell: () => undefined },
  ];
  expect(formatTable(columns, ['x'], plain)).toBe('A\nx\n');
});

test('names of a host reach no terminal as they are, in whatever form they are shown', () => {
  const name = '\u001b[31mred\u202eevil\n"<script>';
  const netns = makeNetns(100, [makeLink(2, name)]);
  const graph = buildGraph([makeSnapshot([netns], [makeEngine([makeContainer(name, 100)])])]);
  const shown = [
    lists.containers.text(graph, plain),
    lists.links.text(graph, plain),
    formatTree(graph, plain),
    formatDot(graph),
    formatMermaid(graph),
    formatSvg(graph),
  ];
  expect(shown.filter((text) => /[\u001b\u202e]|evil\n/.test(text))).toEqual([]);
  expect(shown.every((text) => text.includes('evil'))).toBe(true);
  expect([formatMermaid(graph), formatSvg(graph)].filter((text) => text.includes('<script>'))).toEqual([]);
});
