/** flow-blocked: what it finds, and what it must not be confused with. */
import { flowBlocked } from '../../../src/diagnose/checks/flow-blocked.ts';
import { testCheck } from '../test-check.ts';

testCheck(flowBlocked, {
  finds: {
    "the host's INPUT drops the answers of containers": (draft) => {
      draft.addRule('filter', '-A INPUT -i br-app -j DROP');
    },
    'a policy rule refuses what containers send': (draft) => {
      draft.host.policyRules!.push({
        family: 'inet',
        priority: 100,
        src: '172.20.0.0',
        srclen: 16,
        action: 'prohibit',
      });
    },
    'a rule of its own stops one port': (draft) => {
      draft.rule(
        '-A FORWARD -i br-app ! -o br-app -j ACCEPT\n',
        '-A FORWARD -i br-app -p tcp -m tcp --dport 443 -j DROP\n-A FORWARD -i br-app ! -o br-app -j ACCEPT\n',
      );
    },
  },
  ignores: {
    'an internal network': (draft) => {
      draft.app.internal = true;
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      draft.db.routes = draft.db.routes!.filter((route) => route.dst !== 'default');
      draft.webContainer.ports = [];
    },
    'nobody listening behind a published port': (draft) => {
      draft.web.sockets = [];
    },
    'what cannot be told from this picture': (draft) => {
      delete draft.web.ruleset;
    },
  },
});
