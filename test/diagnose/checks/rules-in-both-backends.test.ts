/** rules-in-both-backends: what it finds, and what it must not be confused with. */
import { rulesInBothBackends } from '../../../src/diagnose/checks/rules-in-both-backends.ts';
import { testCheck } from '../test-check.ts';

testCheck(rulesInBothBackends, {
  finds: {
    'the legacy FORWARD policy is drop': (draft) => {
      draft.host.ruleset!.iptablesLegacy =
        '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    },
    'a legacy rule drops what is forwarded': (draft) => {
      draft.host.ruleset!.iptablesLegacy =
        '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n-A FORWARD -s 198.51.100.0/24 -j DROP\nCOMMIT\n';
    },
  },
  ignores: {
    'legacy tables that are empty and accept everything': (draft) => {
      draft.host.ruleset!.iptablesLegacy =
        '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    },
    'rules in one backend only': (draft) => {
      delete draft.host.ruleset!.iptablesLegacy;
    },
  },
});
