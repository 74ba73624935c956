/** shared-netns-parent-restarted: what it finds, and what it must not be confused with. */
import { sharedNetnsParentRestarted } from '../../../src/diagnose/checks/shared-netns-parent-restarted.ts';
import { testCheck } from '../test-check.ts';

testCheck(sharedNetnsParentRestarted, {
  finds: {
    'the owner was restarted and has a new netns': (draft) => {
      draft.dbContainer.mode = 'container';
      draft.dbContainer.networkMode = `container:${draft.webContainer.fullId}`;
      draft.dbContainer.sharesNetnsOf = draft.webContainer.fullId;
      draft.dbContainer.endpoints = [];
    },
    'the owner was removed': (draft) => {
      draft.dbContainer.mode = 'container';
      draft.dbContainer.networkMode = `container:${'e'.repeat(64)}`;
      draft.dbContainer.sharesNetnsOf = 'e'.repeat(64);
      draft.dbContainer.endpoints = [];
    },
  },
  ignores: {
    'both in the same netns': (draft) => {
      draft.dbContainer.mode = 'container';
      draft.dbContainer.sharesNetnsOf = draft.webContainer.fullId;
      draft.dbContainer.pid = draft.webContainer.pid;
      draft.dbContainer.endpoints = [];
    },
    'an owner that is not running': (draft) => {
      draft.dbContainer.mode = 'container';
      draft.dbContainer.sharesNetnsOf = draft.webContainer.fullId;
      draft.dbContainer.endpoints = [];
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
  },
});
