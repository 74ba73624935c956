/** embedded-dns-unreachable: what it finds, and what it must not be confused with. */
import { embeddedDnsUnreachable } from '../../../src/diagnose/checks/embedded-dns-unreachable.ts';
import { testCheck } from '../test-check.ts';

testCheck(embeddedDnsUnreachable, {
  finds: {
    "the container's own rules were flushed": (draft) => {
      draft.web.ruleset!.iptablesNft = '*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    },
  },
  ignores: {
    'another name server in resolv.conf': (draft) => {
      draft.web.ruleset!.iptablesNft = '';
      draft.webContainer.files = { resolvConf: 'nameserver 9.9.9.9\n' };
    },
    'rules that were not read': (draft) => {
      delete draft.web.ruleset;
    },
    'Podman, whose resolver listens on the gateway': (draft) => {
      draft.web.ruleset!.iptablesNft = '';
      draft.engine.kind = 'podman';
    },
  },
});
