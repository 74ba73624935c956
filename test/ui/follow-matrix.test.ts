import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Outcome, Trace } from '../../src/trace/trace.ts';
import { tracePacket } from '../../src/trace/trace-packet.ts';
import type { TraceQuestion } from '../../src/trace/trace-question.ts';
import { followMatrix } from '../../src/ui/follow-matrix.ts';
import { outcomeOfLetter } from '../../src/ui/state/matrix.ts';
import { createStore, type Store } from '../../src/ui/state/store.ts';
import type { Services } from '../../src/ui/state/ui-state.ts';
import { expectFile } from '../support/expect-file.ts';
import { fakeSession } from '../support/fake-session.ts';
import { loadRecording } from '../support/load-recording.ts';
import { syntheticSnapshot } from '../support/synthetic-snapshot.ts';
import { drive, sessionStateOf } from '../support/ui-driver.ts';

const graph = buildGraph([await loadRecording('docker-28-standard')]);
const services: Services = {
  trace: (question: TraceQuestion) => tracePacket(graph, question),
  locate: () => [],
};

const storeOn = (of = graph, columns = 80, rows = 24): Store =>
  createStore({
    state: drive(of, { columns, rows }).state(),
    services,
    run: () => undefined,
    fail: (error) => {
      throw error;
    },
  });

const press = (store: Store, ...keys: readonly string[]): void => {
  for (const key of keys) store.dispatch({ kind: 'key', key, text: [...key].length === 1 ? key : '' });
};

const until = async (ready: () => boolean): Promise<void> => {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 10));
};

const isWhole = (store: Store): boolean => {
  const { matrix } = store.state();
  return matrix !== undefined && matrix.total > 0 && matrix.done === matrix.total;
};

const textOf = (store: Store): string =>
  store
    .frame()
    .map((row) => row.text.replace(/\u001b\[[0-9;]*m/g, '').trimEnd())
    .join('\n');

describe('the matrix', () => {
  test.each([
    [80, 24],
    [120, 40],
  ])('reads well at %i×%i', async (columns, rows) => {
    const store = storeOn(graph, columns, rows);
    const stop = followMatrix(fakeSession(graph), store);
    press(store, 'M');
    await until(() => isWhole(store));
    press(store, 'j', 'j', 'l');
    await Promise.resolve();
    expectFile(`screen/${columns}x${rows}-matrix-whole.txt`, `${textOf(store)}\n`);
    stop();
  });

  test('is not worked out before anybody wants it, and left off with the view', async () => {
    const many = buildGraph([syntheticSnapshot(120)]);
    const store = storeOn(many);
    const stop = followMatrix(fakeSession(many), store);
    press(store, '2');
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.state().matrix).toBeUndefined();
    press(store, 'M');
    await until(() => (store.state().matrix?.done ?? 0) > 0);
    press(store, '2');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const left = store.state().matrix!.done;
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(store.state().matrix!.done).toBe(left);
    press(store, 'M');
    await until(() => isWhole(store));
    stop();
  });

  test('is kept for its graph, and worked out again for another one', async () => {
    const store = storeOn();
    const session = fakeSession(graph);
    const stop = followMatrix(session, store);
    press(store, 'M');
    await until(() => isWhole(store));
    const first = store.state().matrix;
    press(store, '2', 'M');
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(store.state().matrix).toBe(first);
    const next = buildGraph(graph.snapshots);
    session.set(sessionStateOf(next));
    await until(() => store.state().matrix?.graph === next);
    expect(store.state().matrix?.rows).toEqual(first?.rows);
    stop();
  });

  test('says of a cell what its trace says', async () => {
    const store = storeOn();
    const stop = followMatrix(fakeSession(graph), store);
    press(store, 'M');
    await until(() => isWhole(store));
    for (const [row, column] of [
      [1, 2],
      [2, 3],
      [4, 0],
      [6, 7],
    ] as const) {
      const letter = store.state().matrix!.rows[row]![column]!;
      press(store, 'M', 'g', ...Array.from({ length: 20 }, () => 'h'));
      press(store, ...Array.from({ length: row }, () => 'j'), ...Array.from({ length: column }, () => 'l'), 'enter');
      expect(store.state().place.view).toBe('trace');
      const answer = store.state().trace.answer as Trace;
      const whole: Outcome =
        answer.request.outcome === 'delivered' ? (answer.reply?.outcome ?? 'delivered') : answer.request.outcome;
      expect(whole, `${row} ${column}`).toBe(outcomeOfLetter.get(letter));
    }
    stop();
  });

  test('scrolls both ways, numbers and names staying in sight', async () => {
    const many = buildGraph([syntheticSnapshot(60)]);
    const store = storeOn(many);
    const stop = followMatrix(fakeSession(many), store);
    press(store, 'M');
    await until(() => isWhole(store));
    press(store, 'G', ...Array.from({ length: 60 }, () => 'l'));
    await Promise.resolve();
    const text = textOf(store);
    expect(text).toMatch(/from \\ to.* 61$/m);
    expect(text).toMatch(/▌61 shop-\S+/);
    stop();
  });

  test('traces nothing from a netns to itself', async () => {
    const store = storeOn();
    const stop = followMatrix(fakeSession(graph), store);
    press(store, 'M');
    await until(() => isWhole(store));
    press(store, 'enter');
    expect(store.state().place.view).toBe('matrix');
    expect(store.state().message?.text).toContain('to itself');
    stop();
  });
});
