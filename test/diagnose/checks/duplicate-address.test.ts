/** duplicate-address: what it finds, and what it must not be confused with. */
import { duplicateAddress } from '../../../src/diagnose/checks/duplicate-address.ts';
import { testCheck } from '../test-check.ts';

testCheck(duplicateAddress, {
  finds: {
    'two containers on one bridge have one address': (draft) => {
      draft.addresses(draft.db, 'eth0').push({ family: 'inet', local: '172.20.0.2', prefixlen: 16, scope: 'global' });
      draft.db.routes!.push({
        type: 'local',
        dst: '172.20.0.2',
        dev: 'eth0',
        table: 'local',
        protocol: 'kernel',
        scope: 'host',
        flags: [],
      });
    },
  },
  ignores: {
    'link-local addresses': (draft) => {
      for (const one of [draft.web, draft.db])
        draft.addresses(one, 'eth0').push({ family: 'inet', local: '169.254.1.1', prefixlen: 16, scope: 'link' });
    },
    'a virtual address on loopback': (draft) => {
      for (const one of [draft.web, draft.db])
        one.addresses!.push({
          ifindex: 1,
          ifname: 'lo',
          addr_info: [{ family: 'inet', local: '10.0.0.7', prefixlen: 32, scope: 'global' }],
        });
    },
  },
});
