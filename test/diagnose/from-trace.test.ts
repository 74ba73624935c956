/** From two ends to the reason: a check's finding where one explains it, else one made from the deciding step. */
import { expect, test } from 'vitest';
import { diagnoseConnection } from '../../src/diagnose/from-trace.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { type Draft, healthyHost, makeNeighbour } from './healthy-host.ts';

function ask(from: string, to: string, change?: (draft: Draft) => void) {
  const answer = diagnoseConnection(buildGraph([healthyHost(change)]), { from, to });
  if ('error' in answer) throw new Error(answer.error);
  return answer;
}

test('a connection that works has no finding', () => {
  const answer = ask('web', 'db:5432');
  expect(answer.trace.outcome).toBe('delivered');
  expect(answer.findings).toEqual([]);
});

test('a rule no check knows becomes the finding, with the rule that would let these packets pass', () => {
  const answer = ask('web', 'db:5433', (draft) => {
    draft.rule(
      '-A FORWARD -i br-app -o br-app -j ACCEPT',
      '-A FORWARD -s 172.20.0.2/32 -p tcp -m tcp --dport 5433 -j DROP\n-A FORWARD -i br-app -o br-app -j ACCEPT',
    );
  });
  const [first] = answer.findings;
  expect(first?.check).toBe('connection');
  expect(first?.evidence.map(({ fact }) => fact)).toContain(
    '-A FORWARD -s 172.20.0.2/32 -p tcp -m tcp --dport 5433 -j DROP',
  );
  const [accept, remove] = first!.remedies;
  expect(accept?.commands.map(({ argv }) => argv.join(' '))).toEqual([
    'iptables -w -I FORWARD 6 -i br-app -o br-app -s 172.20.0.2 -d 172.20.0.3 -p tcp --dport 5433 -j ACCEPT',
  ]);
  expect(accept?.undo.map(({ argv }) => argv.join(' '))).toEqual([
    'iptables -w -D FORWARD -i br-app -o br-app -s 172.20.0.2 -d 172.20.0.3 -p tcp --dport 5433 -j ACCEPT',
  ]);
  expect(remove?.undo.map(({ argv }) => argv.join(' '))).toEqual([
    'iptables -w -I FORWARD 6 -s 172.20.0.2/32 -p tcp -m tcp --dport 5433 -j DROP',
  ]);
});

const argvs = (commands: readonly { readonly argv: readonly string[] }[] | undefined) =>
  commands?.map(({ argv }) => argv.join(' '));

/** The finding made from the deciding step, also where another one tells of it. */
const ownOf = ({ findings, folded }: ReturnType<typeof ask>) =>
  [...findings, ...folded].find(({ check }) => check === 'connection')!;

test('where the answer meets the same rule, the remedy lets it through as well', () => {
  const answer = ask('web', 'outside:443/tcp', (draft) => {
    draft.rule('-A FORWARD -j DOCKER-USER', '-A FORWARD -p tcp -j DROP\n-A FORWARD -j DOCKER-USER');
  });
  const [accept] = ownOf(answer).remedies;
  expect(argvs(accept?.commands)).toEqual([
    'iptables -w -I FORWARD 1 -i br-app -o eth0 -s 172.20.0.2 -p tcp --dport 443 -j ACCEPT',
    'iptables -w -I FORWARD 1 -i eth0 -o br-app -d 172.20.0.2 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT',
  ]);
  expect(accept?.undo).toHaveLength(2);
});

test('a rule that only the answer meets is passed by the answer alone', () => {
  const answer = ask('web', 'outside:443/tcp', (draft) => {
    draft.rule(
      '-A FORWARD -j DOCKER-USER',
      '-A FORWARD -i eth0 -o br-app -p tcp --sport 443 -j DROP\n-A FORWARD -j DOCKER-USER',
    );
  });
  const [accept] = ownOf(answer).remedies;
  expect(accept?.commands).toHaveLength(1);
  expect(argvs(accept?.commands)?.[0]).toContain('-i eth0 -o br-app');
});

const nftForward = (match: readonly object[]): string =>
  JSON.stringify({
    nftables: [
      { table: { family: 'inet', name: 'mine', handle: 1 } },
      {
        chain: {
          family: 'inet',
          table: 'mine',
          name: 'fwd',
          handle: 1,
          type: 'filter',
          hook: 'forward',
          prio: 10,
          policy: 'accept',
        },
      },
      { rule: { family: 'inet', table: 'mine', chain: 'fwd', handle: 7, expr: [...match, { drop: null }] } },
    ],
  });

test('a rule of nft is passed by rules before it, which the kept table takes back', () => {
  const answer = ask('web', 'outside:443/tcp', (draft) => {
    draft.host.ruleset!.nft = nftForward([]);
    draft.host.ruleset!.present.nftTables.push({ family: 'inet', name: 'mine' });
  });
  const remedy = ownOf(answer).remedies[0]!;
  expect(remedy.automatic).toBe(true);
  expect(argvs(remedy.commands)).toEqual([
    'nft insert rule inet mine fwd position 7 ip saddr 172.20.0.2 tcp dport 443 accept',
    'nft insert rule inet mine fwd position 7 ip daddr 172.20.0.2 ct state established,related accept',
  ]);
});

test('a fault of one end comes before the step where the packet ends', () => {
  const answer = ask('host', 'web:80', (draft) => {
    draft.link(draft.host, 'vethweb').flags = ['BROADCAST', 'MULTICAST'];
  });
  expect(answer.findings.map((finding) => finding.check)[0]).toBe('veth-down');
});

test('what only breaks answers does not explain a request that a rule stops', () => {
  const answer = ask('web', 'db:5433', (draft) => {
    draft.rule(
      '-A FORWARD -i br-app -o br-app -j ACCEPT',
      '-A FORWARD -p tcp -m tcp --dport 5433 -j DROP\n-A FORWARD -i br-app -o br-app -j ACCEPT',
    );
    draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', '');
  });
  const connection = answer.findings[0];
  expect(connection?.check).toBe('connection');
  expect(answer.findings.map(({ check }) => check)).toContain('masquerade-missing');
});

test('a fault elsewhere is left out', () => {
  const answer = ask('host', 'web:80', (draft) => {
    draft.db.routes = draft.db.routes!.filter((route) => route.dst !== 'default');
  });
  expect(answer.trace.outcome).toBe('delivered');
  expect(answer.findings).toEqual([]);
});

test('an end that does not exist is an error, not a finding', () => {
  expect(diagnoseConnection(buildGraph([healthyHost()]), { from: 'nobody', to: 'web:80' })).toHaveProperty('error');
});

test('an end that is named by its address stands for the container that has it', () => {
  const answer = ask('host', '172.20.0.2', (draft) => {
    draft.host.neighbours!.unshift(makeNeighbour('172.20.0.2', 'br-app', '02:42:de:ad:be:ef', 'PERMANENT'));
  });
  expect(answer.findings.map(({ check }) => check)).toEqual(['stale-neighbour']);
});
