import { expect, test } from 'vitest';
import type { Rule, Table } from '../../../src/model/ruleset.ts';
import { canTouch } from '../../../src/report/rules/can-touch.ts';
import type { RulesSubject } from '../../../src/report/rules/rules-subject.ts';

const table: Table = {
  backend: 'iptables-nft',
  family: 'ip',
  name: 'filter',
  chains: new Map(),
  sets: new Map(),
  position: 0,
};
const rule = (text: string): Rule => ({ index: 1, text, comments: [], statements: [] });
const web: RulesSubject = { own: new Set(), crossed: new Map(), addresses: ['172.17.0.2'] };
const touches = (text: string) => canTouch(table, rule(text), web, new Set(['docker0']));

test.each([
  '-A FORWARD -j DOCKER-USER',
  '-A FORWARD -o docker0 -j DOCKER',
  '-A FORWARD -i docker0 ! -o docker0 -j ACCEPT',
  '-A FORWARD -s 172.17.0.0/16 -j ACCEPT',
  '-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 80 -j ACCEPT',
  '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
  '-A FORWARD -i docker+ -j ACCEPT',
  '-A FORWARD ! -s 10.0.0.0/8 -i docker0 -j DROP',
])('%s can touch a container on docker0', (text) => {
  expect(touches(text)).toBe(true);
});

test.each([
  '-A FORWARD -i br-app -o br-app -j ACCEPT',
  '-A FORWARD -s 172.20.0.0/16 -d 172.20.0.0/16 -j ACCEPT',
  '-A PREROUTING -d 172.17.0.3/32 ! -i docker0 -j DROP',
  '-A POSTROUTING -s 172.20.0.0/16 ! -o docker0 -j MASQUERADE',
  '-A FORWARD -i virbr+ -o virbr+ -j ACCEPT',
])('%s cannot', (text) => {
  expect(touches(text)).toBe(false);
});

test('a rule with words nobody here can read is kept', () => {
  expect(
    canTouch({ ...table, backend: 'nft' }, rule('iifname @blocked ip saddr @bad drop'), web, new Set(['docker0'])),
  ).toBe(true);
});
