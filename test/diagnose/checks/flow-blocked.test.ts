/** flow-blocked: what it finds, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { flowBlocked } from '../../../src/diagnose/checks/flow-blocked.ts';
import { makeRoute } from '../healthy-host.ts';
import { useNftablesBackend } from '../nftables-backend.ts';
import { findWith, testCheck } from '../test-check.ts';

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
    'answers are not translated back, because connections are not tracked': (draft) => {
      draft.addRule('raw', '-A PREROUTING -i eth0 -j NOTRACK');
    },
    'a rule of somebody else takes a published port': (draft) => {
      draft.rule(
        '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
        '-A PREROUTING -p tcp -m tcp --dport 8080 -j REDIRECT --to-ports 9999\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
      );
    },
    'a rule of its own stops one port': (draft) => {
      draft.rule(
        '-A FORWARD -i br-app ! -o br-app -j ACCEPT\n',
        '-A FORWARD -i br-app -p tcp -m tcp --dport 443 -j DROP\n-A FORWARD -i br-app ! -o br-app -j ACCEPT\n',
      );
    },
    'a table of somebody else drops what the nftables backend of the engine accepts': (draft) => {
      useNftablesBackend(draft);
      draft.host.ruleset!.iptablesNft =
        '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    },
  },
  ignores: {
    'an internal network': (draft) => {
      draft.app.internal = true;
      draft.web.routes = draft.web.routes!.filter((route) => route.dst !== 'default');
      draft.db.routes = draft.db.routes!.filter((route) => route.dst !== 'default');
      draft.webContainer.ports = [];
    },
    'the nftables backend of the engine': (draft) => {
      useNftablesBackend(draft);
    },
    'nobody listening behind a published port': (draft) => {
      draft.web.sockets = [];
    },
    'what cannot be told from this picture': (draft) => {
      delete draft.web.ruleset;
    },
  },
});

test('published ports closed on purpose, behind a rule that lets answers pass, are a remark', () => {
  const problems = findWith(flowBlocked, (draft) => {
    draft.rule(
      '-A DOCKER-USER -j RETURN',
      '-A DOCKER-USER -i eth0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A DOCKER-USER -i eth0 -j DROP\n-A DOCKER-USER -j RETURN',
    );
  });
  expect(problems.map(({ severity, subject }) => [severity, subject])).toEqual([['info', 'filter/DOCKER-USER/2']]);
});

test('a connection that fails over IPv6 alone is found', () => {
  const problems = findWith(flowBlocked, (draft) => {
    for (const [container, netns, address] of [
      [draft.webContainer, draft.web, 'fd00:20::2'],
      [draft.dbContainer, draft.db, 'fd00:20::3'],
    ] as const) {
      container.endpoints[0]!.ipv6 = address;
      draft.addresses(netns, 'eth0').push({ family: 'inet6', local: address, prefixlen: 64, scope: 'global' });
      netns.routes6 = [
        { ...makeRoute('fd00:20::/64', 'eth0') },
        { ...makeRoute(address, 'eth0', { type: 'local', table: 'local', scope: 'host' }) },
      ];
    }
    draft.host.routes6!.push(
      makeRoute('fd00:20::/64', 'br-app'),
      makeRoute('fd00:20::1', 'br-app', { type: 'local', table: 'local', scope: 'host' }),
    );
    draft
      .addresses(draft.host, 'br-app')
      .push({ family: 'inet6', local: 'fd00:20::1', prefixlen: 64, scope: 'global' });
    draft.host.ruleset!.ip6tablesNft =
      '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n';
    draft.host.ruleset!.present.nftTables.push({ family: 'ip6', name: 'filter' });
  });
  expect(problems.map(({ title }) => title)).toEqual([expect.stringContaining('web → db over IPv6')]);
});

test('where one rule stops many, the remedy goes by links: it helps all it is said to stop', () => {
  const problems = findWith(flowBlocked, (draft) => {
    draft.rule('-A FORWARD -j DOCKER-USER', '-A FORWARD -i br-app -j DROP\n-A FORWARD -j DOCKER-USER');
  });
  const remedies = problems.flatMap(({ remedies: all }) => all.filter(({ automatic }) => automatic));
  expect(remedies.map(({ commands }) => commands.map(({ argv }) => argv.slice(5).join(' ')))).toEqual([
    expect.arrayContaining(['-i br-app -o br-app -j ACCEPT', '-i br-app -o eth0 -j ACCEPT']),
  ]);
});
