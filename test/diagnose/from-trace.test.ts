/** From two ends to the reason: a check's finding where one explains it, else one made from the deciding step. */
import { expect, test } from 'vitest';
import { diagnoseConnection } from '../../src/diagnose/from-trace.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { type Draft, healthyHost } from './healthy-host.ts';

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
