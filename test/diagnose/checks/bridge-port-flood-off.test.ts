/** bridge-port-flood-off: what it finds, and what it must not be confused with. */
import { bridgePortFloodOff } from '../../../src/diagnose/checks/bridge-port-flood-off.ts';
import { type Draft, macOf } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

function setPort(draft: Draft, flags: Readonly<Record<string, boolean>>): void {
  const info = draft.link(draft.host, 'vethweb').linkinfo!;
  info.info_slave_data = { ...info.info_slave_data, ...flags };
}

testCheck(bridgePortFloodOff, {
  finds: {
    'broadcasts do not go out of the port': (draft) => setPort(draft, { bcast_flood: false }),
    'nothing is learnt and nothing flooded': (draft) => setPort(draft, { flood: false, learning: false }),
    'the port is locked and knows nobody': (draft) => setPort(draft, { locked: true }),
  },
  ignores: {
    'no flooding, with an entry that leads to the container': (draft) => {
      setPort(draft, { flood: false, learning: false });
      draft.fdb({ mac: macOf.web, ifname: 'vethweb', master: 'br-app', state: 'static' });
    },
    'a locked port with an entry for the container': (draft) => {
      setPort(draft, { locked: true });
      draft.fdb({ mac: macOf.web, ifname: 'vethweb', master: 'br-app', state: 'static' });
    },
    'no flooding of unknown addresses on a port that learns': (draft) => setPort(draft, { flood: false }),
    'a port that is down': (draft) => {
      setPort(draft, { bcast_flood: false });
      draft.link(draft.host, 'vethweb').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
});
