/** The rows of a matcher by what they are looked up by, within limits: the oldest are forgotten first. */
import { firstSeen, type Row } from './row.ts';

export interface RowStore {
  add(row: Row, fragmentKey: number | undefined): void;
  /** Its bytes or its state changed. */
  touch(row: Row): void;
  /** Oldest first. */
  ofKey(key: number): readonly Row[];
  ofFragment(key: number): readonly Row[];
  /** In order of their first sighting. */
  rows(): readonly Row[];
  isForgotten(row: Row): boolean;
  forgotten(): number;
  /** Another number after every change. */
  version(): number;
}

const none: readonly Row[] = [];

/** Of one fingerprint: more are packets that nothing tells apart. */
const alike = 64;

const push = (map: Map<number, Row[]>, key: number, row: Row): void => {
  const known = map.get(key);
  if (known === undefined) map.set(key, [row]);
  else {
    known.push(row);
    if (known.length > alike) known.shift();
  }
};

const drop = (map: Map<number, Row[]>, key: number, row: Row): void => {
  const rows = map.get(key);
  if (rows === undefined) return;
  const at = rows.indexOf(row);
  if (at >= 0) rows.splice(at, 1);
  if (rows.length === 0) map.delete(key);
};

export const createRowStore = (rowLimit: number, byteLimit: number): RowStore => {
  let rows: Row[] = [];
  /** Rows before this one are forgotten; they are cut off in bulk. */
  let start = 0;
  const byKey = new Map<number, Row[]>();
  const byFragment = new Map<number, Row[]>();
  const fragmentKeys = new Map<Row, number>();
  const counted = new Map<Row, number>();
  let bytes = 0;
  let forgotten = 0;
  let version = 0;

  const forget = (row: Row): void => {
    drop(byKey, row.key, row);
    const fragment = fragmentKeys.get(row);
    if (fragment !== undefined) drop(byFragment, fragment, row);
    fragmentKeys.delete(row);
    bytes -= counted.get(row) ?? 0;
    counted.delete(row);
    forgotten++;
  };

  const trim = (): void => {
    while (rows.length - start > rowLimit || (bytes > byteLimit && rows.length - start > 1)) forget(rows[start++]!);
    if (start > 1024 && start > rows.length / 2) {
      rows = rows.slice(start);
      start = 0;
    }
  };

  const touch = (row: Row): void => {
    const before = counted.get(row);
    if (before === undefined) return;
    bytes += row.bytes - before;
    counted.set(row, row.bytes);
    version++;
    trim();
  };

  return {
    add: (row, fragmentKey) => {
      let at = rows.length;
      while (at > start && firstSeen(rows[at - 1]!).time > firstSeen(row).time) at--;
      if (at === rows.length) rows.push(row);
      else rows.splice(at, 0, row);
      push(byKey, row.key, row);
      if (fragmentKey !== undefined) {
        push(byFragment, fragmentKey, row);
        fragmentKeys.set(row, fragmentKey);
      }
      counted.set(row, 0);
      touch(row);
    },
    touch,
    ofKey: (key) => byKey.get(key) ?? none,
    ofFragment: (key) => byFragment.get(key) ?? none,
    rows: () => rows.slice(start),
    isForgotten: (row) => !counted.has(row),
    forgotten: () => forgotten,
    version: () => version,
  };
};
