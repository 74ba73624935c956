import { expect, test } from 'vitest';
import type { Diagnosis } from '../../src/diagnose/finding.ts';
import { followFindings } from '../../src/ui/follow-findings.ts';
import { buildTheme } from '../../src/ui/format/theme.ts';
import { startState } from '../../src/ui/state/start-state.ts';
import { createStore, type Store } from '../../src/ui/state/store.ts';
import { type FakeSession, fakeSession } from '../support/fake-session.ts';
import { storyGraph } from '../support/story-graph.ts';

const nothing: Diagnosis = { findings: [], folded: [], gaps: [] };

const storeOf = (session: FakeSession): Store =>
  createStore({
    state: startState({
      columns: 80,
      rows: 24,
      theme: buildTheme({ color: false, ascii: false, linuxConsole: false }),
      session: session.state(),
      live: false,
      readOnly: true,
    }),
    services: { trace: () => ({ error: '' }), locate: () => [] },
    run: () => undefined,
    fail: (error) => {
      throw error;
    },
  });

const until = async (ready: () => boolean): Promise<void> => {
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 10));
};

test('a graph is diagnosed once, a half-read one not at all', async () => {
  const session = fakeSession(undefined);
  let asked = 0;
  const counting = {
    ...session,
    findings: async () => {
      asked++;
      return nothing;
    },
  };
  const store = storeOf(session);
  const stop = followFindings(counting, store);
  const half = storyGraph();
  session.set({ graph: half, phase: 'collecting', following: false, gaps: [] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toBe(0);
  const whole = storyGraph();
  session.set({ graph: whole, phase: 'ready', following: false, gaps: [] });
  session.set({ graph: whole, phase: 'ready', following: true, gaps: [] });
  await until(() => store.state().diagnosed !== undefined);
  expect(store.state().diagnosed?.graph).toBe(whole);
  session.set({ graph: whole, phase: 'ready', following: true, gaps: [] });
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(asked).toBe(1);
  stop();
});

test('a graph that comes while one is looked at is looked at afterwards', async () => {
  const session = fakeSession(storyGraph());
  const { promise, resolve } = Promise.withResolvers<Diagnosis>();
  const answers = [promise, Promise.resolve(nothing)];
  const store = storeOf(session);
  const stop = followFindings({ ...session, findings: () => answers.shift() ?? Promise.resolve(nothing) }, store);
  await until(() => answers.length === 1);
  const next = storyGraph();
  session.set({ graph: next, phase: 'ready', following: true, gaps: [] });
  resolve(nothing);
  await until(() => store.state().diagnosed?.graph === next);
  expect(answers).toEqual([]);
  stop();
});

test('a diagnosis that fails is told among what could not be seen', async () => {
  const session = fakeSession(storyGraph());
  const store = storeOf(session);
  const stop = followFindings({ ...session, findings: () => Promise.reject(new Error('it broke')) }, store);
  await until(() => store.state().diagnosed !== undefined);
  expect(store.state().diagnosed?.diagnosis.gaps).toMatchObject([{ source: 'doctor', detail: 'it broke' }]);
  stop();
});
