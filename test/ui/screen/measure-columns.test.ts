import { expect, test } from 'vitest';
import { measureColumns, measureMore } from '../../../src/ui/screen/measure-columns.ts';
import type { Column, Item } from '../../../src/ui/views/item.ts';

const columns = (): readonly Column[] => [
  { id: 'name', title: 'NAME' },
  { id: 'note', title: 'NOTE' },
];

const itemsOf = (names: readonly string[]): readonly Item[] =>
  names.map((name) => ({ id: name, faulty: false, cells: [name, ''] }));

const many = (width: number): readonly Item[] => [
  ...itemsOf(Array.from({ length: 300 }, (_, at) => `web${at}`)),
  ...itemsOf(['x'.repeat(width)]),
];

test('a short list is measured whole; empty columns take no room, titles always fit', () => {
  const items = itemsOf(['a', 'much-longer']);
  expect(measureColumns(columns(), items, [])).toEqual([11, 0]);
  expect(measureColumns(columns(), itemsOf(['a']), [])).toEqual([4, 0]);
});

test('of a long list the beginning and what is in sight count at once, the rest when there is time', () => {
  const mine = columns();
  const items = many(20);
  expect(measureColumns(mine, items, items.slice(0, 40))).toEqual([5, 0]);
  expect(measureColumns(mine, items, items.slice(150, 160))).toEqual([6, 0]);
  while (measureMore(mine, items, 50)) {}
  expect(measureColumns(mine, items, items.slice(0, 40))).toEqual([20, 0]);
});

test('a long list that is read again stays as wide until it was measured again', () => {
  const mine = columns();
  const first = many(20);
  while (measureMore(mine, first, 50)) {}
  const second = many(9);
  expect(measureColumns(mine, second, second.slice(0, 40))).toEqual([20, 0]);
  while (measureMore(mine, second, 50)) {}
  expect(measureColumns(mine, second, second.slice(0, 40))).toEqual([9, 0]);
});
