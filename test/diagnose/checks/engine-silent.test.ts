/** engine-silent: what it finds, and what it must not be confused with. */
import { engineSilent } from '../../../src/diagnose/checks/engine-silent.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { healthyHost } from '../healthy-host.ts';
import { testSnapshots } from '../test-check.ts';

const sandboxed = (): Snapshot =>
  healthyHost((draft) => {
    draft.web.holders.push({ kind: 'mount', path: '/run/docker/netns/0123456789ab' });
  });

const slow = { source: 'docker /containers/json', reason: 'slow', detail: '/run/docker.sock: no answer' } as const;
const forbidden = { source: 'docker', reason: 'forbidden', detail: '/run/docker.sock: permission denied' } as const;

testSnapshots(engineSilent, {
  finds: {
    'the engine is gone, a container is there': { ...sandboxed(), engines: [] },
    'the engine hangs': { ...sandboxed(), engines: [], gaps: [slow] },
  },
  ignores: {
    'an engine that answers': sandboxed(),
    'a host without containers of an engine': { ...healthyHost(), engines: [] },
    'an engine that may not be asked': { ...sandboxed(), engines: [], gaps: [forbidden] },
  },
});
