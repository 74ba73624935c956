/** translation-collides: what it finds between two pictures, and what it must not be confused with. */
import { translationCollides } from '../../../src/diagnose/checks/translation-collides.ts';
import { testCheck } from '../test-check.ts';

testCheck(translationCollides, {
  finds: {
    'many connections fail to be entered': (draft) => {
      draft.host.counters!['conntrack.insert_failed'] = 90;
    },
  },
  ignores: {
    'a handful': (draft) => {
      draft.host.counters!['conntrack.insert_failed'] = 6;
    },
    'a full table': (draft) => {
      draft.host.counters!['conntrack.drop'] = 90;
    },
    'a counter that does not rise': (draft) => {
      draft.host.conntrack = { count: 1, max: 65536 };
    },
  },
});
