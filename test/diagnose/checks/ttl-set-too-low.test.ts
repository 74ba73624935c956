/** ttl-set-too-low: what it finds, and what it must not be confused with. */
import { ttlSetTooLow } from '../../../src/diagnose/checks/ttl-set-too-low.ts';
import { testCheck } from '../test-check.ts';

testCheck(ttlSetTooLow, {
  finds: {
    'whatever comes in by the uplink ends here': (draft) => {
      draft.host.ruleset!.iptablesNft += `*mangle
:PREROUTING ACCEPT [0:0]
-A PREROUTING -i eth0 -j TTL --ttl-set 1
COMMIT
`;
    },
  },
  ignores: {
    'a lifetime that is enough': (draft) => {
      draft.host.ruleset!.iptablesNft += `*mangle
:POSTROUTING ACCEPT [0:0]
-A POSTROUTING -o eth0 -j TTL --ttl-set 65
COMMIT
`;
    },
    'a rule that only asks': (draft) => {
      draft.addRule('filter', '-A INPUT -m ttl --ttl-eq 1 -j ACCEPT');
    },
  },
});
