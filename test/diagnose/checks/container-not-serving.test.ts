/** container-not-serving: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { containerNotServing } from '../../../src/diagnose/checks/container-not-serving.ts';
import { diagnose } from '../../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { healthyHost, makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(containerNotServing, {
  finds: {
    'a container is paused': (draft) => {
      draft.webContainer.state = 'paused';
    },
    'a container restarts again and again': (draft) => {
      draft.webContainer.state = 'restarting';
    },
  },
  ignores: {
    'a stopped container': (draft) => {
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'a created container': (draft) => {
      draft.webContainer.state = 'created';
      draft.webContainer.pid = 0;
    },
  },
});

const checksFor = (state: 'paused' | 'restarting') =>
  diagnose(
    buildGraph([
      healthyHost((draft) => {
        draft.webContainer.state = state;
        draft.web.sockets = [makeSocket('tcp', '127.0.0.1', 80, 'nginx')];
      }),
    ]),
  ).findings.map(({ check }) => check);

test('a frozen server listens where it did: that nobody can reach it there is another fault', () => {
  expect(checksFor('paused')).toEqual(['listens-on-loopback', 'container-not-serving']);
});

test('where a server that starts again listens says nothing', () => {
  expect(checksFor('restarting')).toEqual(['container-not-serving']);
});
