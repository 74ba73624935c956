/** embedded-dns-unreachable: what it finds, and what it must not be confused with. */
import { embeddedDnsUnreachable } from '../../../src/diagnose/checks/embedded-dns-unreachable.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

/** A filter table of the container's own, beside the engine's rules. */
const inside = ({ web }: Draft, rule: string, policy = 'ACCEPT'): void => {
  web.ruleset!.iptablesNft += `*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ${policy} [0:0]\n${rule}\nCOMMIT\n`;
};

testCheck(embeddedDnsUnreachable, {
  finds: {
    "the container's own rules were flushed": (draft) => {
      draft.web.ruleset!.iptablesNft = '*nat\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    },
    'a rule inside drops what is sent to the resolver': (draft) => {
      inside(draft, '-A OUTPUT -d 127.0.0.11/32 -p udp -j DROP');
    },
    'nothing inside may be sent but what is listed': (draft) => {
      inside(draft, '-A OUTPUT -p tcp -j ACCEPT', 'DROP');
    },
  },
  ignores: {
    'rules inside that stop other packets': (draft) => {
      inside(draft, '-A OUTPUT -d 192.0.2.0/24 -p udp -j DROP');
    },
    'a lock that lets questions pass': (draft) => {
      inside(draft, '-A OUTPUT -o lo -j ACCEPT', 'DROP');
    },
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
