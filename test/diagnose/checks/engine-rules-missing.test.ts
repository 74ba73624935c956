/** engine-rules-missing: what it finds, and what it must not be confused with. */
import { engineRulesMissing } from '../../../src/diagnose/checks/engine-rules-missing.ts';
import { useNftablesBackend } from '../nftables-backend.ts';
import { testCheck } from '../test-check.ts';

testCheck(engineRulesMissing, {
  finds: {
    'table filter was flushed and the policy stayed': (draft) => {
      const text = draft.host.ruleset!.iptablesNft!;
      draft.host.ruleset!.iptablesNft = `${text.slice(0, text.indexOf('-A FORWARD'))}COMMIT\n`;
    },
    'the whole ruleset was flushed': (draft) => {
      draft.host.ruleset!.iptablesNft = '';
    },
    'chain DOCKER of table nat is gone': (draft) => {
      const text = draft.host.ruleset!.iptablesNft!;
      draft.host.ruleset!.iptablesNft = text.slice(text.indexOf('*filter'));
    },
    'the rules of one bridge are gone': (draft) => {
      draft.rule('-A FORWARD -i br-app ! -o br-app -j ACCEPT\n-A FORWARD -i br-app -o br-app -j ACCEPT\n', '');
    },
    'the nftables backend lost its table': (draft) => {
      useNftablesBackend(draft, () => false);
    },
    'the nftables backend lost the chains of one bridge': (draft) => {
      useNftablesBackend(draft, (text) => !text.includes('filter-forward-out__br-app'));
    },
  },
  ignores: {
    'the nftables backend': (draft) => {
      useNftablesBackend(draft);
    },
    'an engine told to leave the firewall alone': (draft) => {
      draft.host.ruleset!.iptablesNft = '';
      draft.engine.iptables = false;
    },
    'a rootless engine': (draft) => {
      draft.host.ruleset!.iptablesNft = '';
      draft.engine.rootless = true;
    },
    'rules in the legacy tables': (draft) => {
      draft.host.ruleset!.iptablesLegacy = draft.host.ruleset!.iptablesNft!;
      delete draft.host.ruleset!.iptablesNft;
    },
    'no running container on any bridge': (draft) => {
      draft.host.ruleset!.iptablesNft = '';
      for (const container of [draft.webContainer, draft.dbContainer]) {
        container.state = 'exited';
        container.pid = 0;
      }
    },
    'an operator who masquerades himself': (draft) => {
      draft.host.ruleset!.iptablesNft =
        '*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 172.16.0.0/12 -o eth0 -j MASQUERADE\nCOMMIT\n';
    },
  },
});
