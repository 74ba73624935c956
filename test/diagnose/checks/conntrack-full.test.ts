/** conntrack-full: what it finds, and what it must not be confused with. */
import { conntrackFull } from '../../../src/diagnose/checks/conntrack-full.ts';
import { testCheck } from '../test-check.ts';

testCheck(conntrackFull, {
  finds: {
    'the table is full': (draft) => {
      draft.host.conntrack = { count: 65000, max: 65536 };
    },
    'the table is nearly full': (draft) => {
      draft.host.conntrack = { count: 55000, max: 65536 };
    },
  },
  ignores: {
    'many entries with room for more': (draft) => {
      draft.host.conntrack = { count: 50000, max: 262144 };
    },
    "the count of a container's own netns": (draft) => {
      draft.web.conntrack = { count: 65000, max: 65536 };
    },
    'a limit that was not read': (draft) => {
      draft.host.conntrack = { count: 65000 };
    },
  },
});
