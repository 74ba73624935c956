/** icc-disabled: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { iccDisabled } from '../../../src/diagnose/checks/icc-disabled.ts';
import type { Draft } from '../healthy-host.ts';
import { findWith, testCheck } from '../test-check.ts';

testCheck(iccDisabled, {
  finds: {
    'a network keeps its containers apart': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
    },
  },
  ignores: {
    docker_gwbridge: (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.app.name = 'docker_gwbridge';
    },
    'a network with fewer than two containers': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
      draft.dbContainer.state = 'exited';
      draft.dbContainer.pid = 0;
    },
  },
});

const apart = (draft: Draft, rule: string): void => {
  draft.app.options['com.docker.network.bridge.enable_icc'] = 'false';
  draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT', rule);
};

test('containers are said to be kept apart where the rules do so', () => {
  const problems = findWith(iccDisabled, (draft) => apart(draft, '-A FORWARD -i br-app -o br-app -j DROP'));
  expect(problems.map(({ title }) => title)).toEqual(['Containers of network app are kept apart (icc=false)']);
});

test('where somebody’s rules let their packets pass all the same, that is said instead', () => {
  const problems = findWith(iccDisabled, (draft) =>
    apart(draft, '-A FORWARD -i br-app -j ACCEPT\n-A FORWARD -i br-app -o br-app -j DROP'),
  );
  expect(problems.map(({ title }) => title)).toEqual(['Containers of network app reach each other although icc=false']);
});
