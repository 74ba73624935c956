/** neighbour-unanswered: what it finds, and what it must not be confused with. */
import { neighbourUnanswered } from '../../../src/diagnose/checks/neighbour-unanswered.ts';
import { makeNeighbour } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(neighbourUnanswered, {
  finds: {
    'a running container did not answer': (draft) => {
      draft.host.neighbours = [makeNeighbour('172.20.0.2', 'br-app', undefined, 'FAILED')];
    },
  },
  ignores: {
    'an address of a stopped container': (draft) => {
      draft.host.neighbours = [makeNeighbour('172.20.0.2', 'br-app', undefined, 'FAILED')];
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
    'a STALE entry': (draft) => {
      draft.host.neighbours = [makeNeighbour('172.20.0.2', 'br-app', '02:42:ac:14:00:02', 'STALE')];
    },
    'an address nobody has': (draft) => {
      draft.host.neighbours = [makeNeighbour('172.20.0.50', 'br-app', undefined, 'FAILED')];
    },
  },
});
