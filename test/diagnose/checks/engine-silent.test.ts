/** engine-silent: what it finds, and what it must not be confused with. */
import { engineSilent } from '../../../src/diagnose/checks/engine-silent.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const sandbox = ({ web }: Draft): void => {
  web.holders.push({ kind: 'mount', path: '/run/docker/netns/0123456789ab' });
};

testCheck(engineSilent, {
  finds: {
    'the engine does not run, a container of it does': (draft) => {
      sandbox(draft);
      draft.silence({ source: 'docker /run/docker.sock', reason: 'missing', detail: 'docker does not run' });
    },
    'the engine hangs': (draft) => {
      sandbox(draft);
      draft.silence({ source: 'docker /containers/json', reason: 'slow', detail: '/run/docker.sock: no answer' });
    },
  },
  ignores: {
    'an engine that answers': (draft) => {
      sandbox(draft);
    },
    'a host without containers of an engine': (draft) => {
      draft.silence({ source: 'docker /run/docker.sock', reason: 'missing', detail: 'docker does not run' });
    },
    'an engine that has not answered yet': (draft) => {
      sandbox(draft);
      draft.silence();
    },
    'an engine that may not be asked': (draft) => {
      sandbox(draft);
      draft.silence({ source: 'docker', reason: 'forbidden', detail: '/run/docker.sock: permission denied' });
    },
  },
});
