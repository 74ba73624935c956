/** published-port-without-dnat: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { publishedPortWithoutDnat } from '../../../src/diagnose/checks/published-port-without-dnat.ts';
import { useNftablesBackend } from '../nftables-backend.ts';
import { findWith, testCheck } from '../test-check.ts';

testCheck(publishedPortWithoutDnat, {
  finds: {
    'the rule was deleted and the proxy hides it': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
    },
    'the rule was deleted and there is no proxy': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.host.sockets = [];
    },
    'the nftables backend lost the rule': (draft) => {
      useNftablesBackend(draft, (text) => !text.includes('"dnat"'));
    },
  },
  ignores: {
    'the nftables backend': (draft) => {
      useNftablesBackend(draft);
    },
    'an internal network': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.app.internal = true;
    },
    'gateway mode routed': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.app.options['com.docker.network.bridge.gateway_mode_ipv4'] = 'routed';
    },
    'a port published on IPv6 only': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.webContainer.ports[0]!.hostIp = '::';
    },
    'a rootless engine': (draft) => {
      draft.rule('-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n', '');
      draft.engine.rootless = true;
    },
    'rules that were not read': (draft) => {
      delete draft.host.ruleset;
    },
  },
});

const lost = '-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80\n';

test('the remedy is the rule as the engine writes it', () => {
  const [problem] = findWith(publishedPortWithoutDnat, (draft) => draft.rule(lost, ''));
  const [first, ...others] = problem!.remedies;
  expect(first?.automatic).toBe(true);
  expect(first?.commands.map(({ argv }) => argv.join(' '))).toEqual([
    'iptables -w -t nat -A DOCKER ! -i br-app -p tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80',
  ]);
  expect(first?.undo.map(({ argv }) => argv.join(' '))).toEqual([
    'iptables -w -t nat -D DOCKER ! -i br-app -p tcp --dport 8080 -j DNAT --to-destination 172.20.0.2:80',
  ]);
  expect(others.map(({ automatic }) => automatic)).toEqual([false]);
});

test('the nftables backend is left to the engine', () => {
  const [problem] = findWith(publishedPortWithoutDnat, (draft) =>
    useNftablesBackend(draft, (text) => !text.includes('"dnat"')),
  );
  expect(problem?.remedies.map(({ automatic }) => automatic)).toEqual([false]);
});
