/** bridge-port-limit: what it finds, and what it must not be confused with. */
import { bridgePortLimit } from '../../../src/diagnose/checks/bridge-port-limit.ts';
import { testCheck } from '../test-check.ts';

testCheck(bridgePortLimit, {
  finds: {
    'the bridge is nearly full': (draft) => {
      for (let n = 0; n < 1000; n++)
        draft.host.links!.push({
          ...structuredClone(draft.link(draft.host, 'vethdb')),
          ifindex: 100 + n,
          ifname: `v${n}`,
          master: 'br-app',
        });
    },
    'the bridge is full': (draft) => {
      for (let n = 0; n < 1023; n++)
        draft.host.links!.push({
          ...structuredClone(draft.link(draft.host, 'vethdb')),
          ifindex: 100 + n,
          ifname: `v${n}`,
          master: 'br-app',
        });
    },
  },
  ignores: {
    'many ports on several bridges': (draft) => {
      for (let n = 0; n < 500; n++)
        draft.host.links!.push({
          ...structuredClone(draft.link(draft.host, 'vethdb')),
          ifindex: 100 + n,
          ifname: `v${n}`,
          master: 'br-app',
        });
      for (let n = 0; n < 500; n++)
        draft.host.links!.push({
          ...structuredClone(draft.link(draft.host, 'vethdb')),
          ifindex: 1000 + n,
          ifname: `w${n}`,
          master: 'docker0',
        });
    },
    'a bridge with some ports': (draft) => {
      for (let n = 0; n < 100; n++)
        draft.host.links!.push({
          ...structuredClone(draft.link(draft.host, 'vethdb')),
          ifindex: 100 + n,
          ifname: `v${n}`,
          master: 'br-app',
        });
    },
  },
  notFirst: ['the bridge is nearly full', 'the bridge is full'],
});
