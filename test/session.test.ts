import { expect, test } from 'vitest';
import type { Answer, AnswerTo, Host, HostEvent, Question } from '../src/host/host.ts';
import { openRecording } from '../src/host/recorded-host.ts';
import type { Netns } from '../src/model/netns.ts';
import { createSession, type SessionState } from '../src/session.ts';
import { host as hostName, makeLink, makeNetns, makeSnapshot, process } from './graph/make-snapshot.ts';
import { recordingPath } from './support/load-recording.ts';

const netns = (flags: readonly string[]): Netns =>
  makeNetns(1, [makeLink(2, 'eth0', { flags })], { isHost: true, holders: [process(1)] });

/** A live host with one netns, whose events the test sends. */
const makeHost = (more: Partial<Host> = {}) => {
  let listener: ((events: readonly HostEvent[]) => void) | undefined;
  let closed = 0;
  const answers: Readonly<Record<Question['about'], unknown>> = {
    host: makeSnapshot([]).host,
    netns: [netns(['UP', 'LOWER_UP'])],
    engines: [],
    containerFiles: [],
    openVswitch: null,
  };
  const host: Host = {
    id: hostName,
    live: true,
    ask: async <Q extends Question>(question: Q) =>
      ({ value: answers[question.about], gaps: [] }) as Answer<AnswerTo<Q>>,
    follow: async (_, hear) => {
      listener = hear;
      return { gaps: [], stop: async () => {} };
    },
    change: async (command) => ({ command, exitCode: 0, stdout: '', stderr: '', durationMs: 0 }),
    onAsked: (tell) => {
      for (let n = 0; n < 3000; n++) tell({ at: '', what: `question ${n}`, durationMs: 0, outcome: 'ok' });
    },
    close: async () => {
      closed += 1;
    },
    ...more,
  };
  return { host, send: (events: readonly HostEvent[]) => listener?.(events), closed: () => closed };
};

const until = async (
  session: { state(): SessionState; subscribe(listener: () => void): () => void },
  when: (state: SessionState) => boolean,
) => {
  if (when(session.state())) return;
  await new Promise<void>((resolve) => {
    const stop = session.subscribe(() => {
      if (!when(session.state())) return;
      stop();
      resolve();
    });
  });
};

const stateOfEth0 = (state: SessionState) => [...(state.graph?.links.values() ?? [])][0]?.state;

test('before anything is read there is no graph; afterwards it is ready', async () => {
  const session = createSession([makeHost().host]);
  expect(session.state()).toMatchObject({ phase: 'collecting', following: false });
  expect(session.state().graph).toBeUndefined();
  await session.start({ follow: false });
  expect(session.state()).toMatchObject({ phase: 'ready', following: false });
  expect(stateOfEth0(session.state())).toBe('up');
  await session.close();
});

test('an event of the host shows in a new graph, and the old one stays as it was', async () => {
  const { host, send } = makeHost();
  const session = createSession([host]);
  await session.start({ follow: true });
  await until(session, (state) => state.following);
  const before = session.state();
  send([{ kind: 'links', netns: netns([]).id, changed: [makeLink(2, 'eth0', { flags: [] })], gone: [] }]);
  await until(session, (state) => stateOfEth0(state) === 'down');
  expect(stateOfEth0(before)).toBe('up');
  await session.close();
});

test('a hundred events at once make few graphs', async () => {
  const { host, send } = makeHost();
  const session = createSession([host]);
  await session.start({ follow: true });
  let changes = 0;
  session.subscribe(() => {
    changes += 1;
  });
  for (let n = 0; n < 100; n++) {
    const flags = n === 99 ? [] : ['UP'];
    send([{ kind: 'links', netns: netns([]).id, changed: [makeLink(2, 'eth0', { flags })], gone: [] }]);
  }
  await until(session, (state) => stateOfEth0(state) === 'down');
  expect(changes).toBeLessThan(10);
  await session.close();
});

test('a failure of our own is told, not thrown', async () => {
  const { host } = makeHost({ ask: () => Promise.reject(new Error('the worker died')) });
  const session = createSession([host]);
  await session.start({ follow: true });
  expect(session.state().phase).toBe('failed');
  expect(session.state().gaps.map((gap) => gap.detail)).toContain('the worker died');
  await session.close();
});

test('the command log keeps the newest entries only', () => {
  const log = createSession([makeHost().host]).commandLog();
  expect(log.length).toBe(2000);
  expect(log.at(-1)?.what).toBe('question 2999');
});

test('closing closes the hosts, and what comes later is not heard', async () => {
  const { host, send, closed } = makeHost();
  const session = createSession([host]);
  await session.start({ follow: true });
  await session.close();
  send([{ kind: 'links', netns: netns([]).id, changed: [makeLink(2, 'eth0', { flags: [] })], gone: [] }]);
  expect([closed(), stateOfEth0(session.state())]).toEqual([1, 'up']);
});

test('a recording is not live, is read only once, and answers the same questions', async () => {
  const session = createSession([await openRecording(recordingPath('docker-28-standard'))]);
  await session.start({ follow: true });
  expect([session.live, session.state().following, session.state().phase]).toEqual([false, false, 'ready']);
  expect(session.locate(['web1']).map((one) => one.kind)).toEqual(['container']);
  expect(session.trace({ from: 'nobody', to: 'web1' })).toHaveProperty('error');
  await session.close();
});
