/** masquerade-shadowed: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { masqueradeShadowed } from '../../../src/diagnose/checks/masquerade-shadowed.ts';
import type { Draft } from '../healthy-host.ts';
import { findWith, testCheck } from '../test-check.ts';

const masquerade = '-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE';
const before = (draft: Draft, ...rules: readonly string[]) => draft.rule(masquerade, [...rules, masquerade].join('\n'));

testCheck(masqueradeShadowed, {
  finds: {
    'a rule accepts all packets of the network first': (draft) => {
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -j ACCEPT');
    },
    'a rule returns from the chain first': (draft) => {
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -o eth0 -j RETURN');
    },
    'a rule gives them an address of the uplink’s network that is nobody’s': (draft) => {
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -o eth0 -j SNAT --to-source 10.77.0.240');
    },
    'a chain of somebody else accepts them': (draft) => {
      draft.rule(':DOCKER - [0:0]\n-A PREROUTING', ':DOCKER - [0:0]\n:MINE - [0:0]\n-A PREROUTING');
      before(draft, '-A POSTROUTING -j MINE', '-A MINE -s 172.16.0.0/12 -j ACCEPT');
    },
  },
  ignores: {
    'an exception for some destinations': (draft) => {
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -d 10.8.0.0/16 -j ACCEPT');
    },
    'SNAT to an address of this host': (draft) => {
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -o eth0 -j SNAT --to-source 10.77.0.11');
    },
    'masquerading switched off for the network': (draft) => {
      draft.app.options['com.docker.network.bridge.enable_ip_masquerade'] = 'false';
      before(draft, '-A POSTROUTING -s 172.20.0.0/16 -j ACCEPT');
    },
    'no masquerading rule at all, which is another check’s': (draft) => {
      draft.rule(masquerade, '-A POSTROUTING -s 172.20.0.0/16 -j ACCEPT');
    },
  },
});

test('SNAT to an address that somebody may route here is a remark', () => {
  const problems = findWith(masqueradeShadowed, (draft) => {
    before(draft, '-A POSTROUTING -s 172.20.0.0/16 -o eth0 -j SNAT --to-source 198.51.100.9');
  });
  expect(problems.map(({ severity }) => severity)).toEqual(['info']);
});

test('the engine’s rule is put before the one that takes the packets, and taken from there again', () => {
  const [problem] = findWith(masqueradeShadowed, (draft) => {
    before(draft, '-A POSTROUTING -d 10.8.0.0/16 -j ACCEPT', '-A POSTROUTING -s 172.20.0.0/16 -j ACCEPT');
  });
  const remedy = problem?.remedies.find(({ automatic }) => automatic);
  const lines = [...(remedy?.commands ?? []), ...(remedy?.undo ?? [])].map(({ argv }) => argv.join(' '));
  expect(lines).toEqual([
    'iptables -w -t nat -I POSTROUTING 2 -s 172.20.0.0/16 ! -o br-app -j MASQUERADE',
    'iptables -w -t nat -D POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE',
  ]);
});
