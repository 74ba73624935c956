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

test('on a terminal spare columns go first, then the widest are shortened; a rule stays whole; what is missing is named', () => {
  const columns = [
    { title: 'NAME', cell: (row: readonly string[]) => row[0] },
    { title: 'MAC', spare: 1, cell: (row: readonly string[]) => row[1] },
    { title: 'MADE BY', spare: 2, cell: (row: readonly string[]) => row[2] },
    { title: 'RULE', whole: true as const, cell: (row: readonly string[]) => row[3] },
  ];
  const rows = [['a-name-that-is-long', '02:42:ac:11:00:02', 'docker', '-j DROP']];
  expect(formatTable(columns, rows, { ...plain, width: 80 })).toContain('docker');
  expect(formatTable(columns, rows, { ...plain, width: 50 })).toBe(
    'NAME                 MAC                RULE\na-name-that-is-long  02:42:ac:11:00:02  -j DROP\n\ntoo narrow for MADE BY (a pipe or --json shows all)\n',
  );
  expect(formatTable(columns, rows, { ...plain, width: 20 })).toBe(
    'NAME         RULE\na-name-tha…  -j DROP\n\ntoo narrow for MAC, MADE BY (a pipe or --json shows all)\n',
  );
  expect(formatTable(columns, rows, { ...plain, width: 5 }).split('\n')[1]).toBe('a-name-…  -j DROP');
});
