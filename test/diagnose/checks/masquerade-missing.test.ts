/** masquerade-missing: what it finds, and what it must not be confused with. */
import { masqueradeMissing } from '../../../src/diagnose/checks/masquerade-missing.ts';
import { useNftablesBackend } from '../nftables-backend.ts';
import { testCheck } from '../test-check.ts';

testCheck(masqueradeMissing, {
  finds: {
    'the rule for one network was deleted': (draft) => {
      draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', '');
    },
    'the nftables backend lost the rule': (draft) => {
      useNftablesBackend(draft, (text) => !text.includes('"masquerade"'));
    },
  },
  ignores: {
    'the nftables backend': (draft) => {
      useNftablesBackend(draft);
    },
    'masquerading switched off for the network': (draft) => {
      draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', '');
      draft.app.options['com.docker.network.bridge.enable_ip_masquerade'] = 'false';
    },
    'gateway mode routed': (draft) => {
      draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', '');
      draft.app.options['com.docker.network.bridge.gateway_mode_ipv4'] = 'routed';
    },
    "a broader rule of the operator's own": (draft) => {
      draft.rule(
        '-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n',
        '-A POSTROUTING -s 172.16.0.0/12 -o eth0 -j MASQUERADE\n',
      );
    },
    'SNAT to a fixed address': (draft) => {
      draft.rule(
        '-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n',
        '-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j SNAT --to-source 10.77.0.11\n',
      );
    },
    'an internal network': (draft) => {
      draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', '');
      draft.app.internal = true;
    },
  },
});
