/** A table of iptables' name that a person wrote in nft's syntax is what nft lists, whatever iptables-save makes of it. */
import { expect, test } from 'vitest';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';

const present = { nftTables: [], legacyTables: [], legacyTables6: [] };
const table = { table: { family: 'ip', name: 'nat', handle: 1 } };
const chain = (name: string, base: object = {}) => ({ chain: { family: 'ip', table: 'nat', name, ...base } });
const rule = (name: string, ...expr: object[]) => ({ rule: { family: 'ip', table: 'nat', chain: name, expr } });
const listing = (...objects: object[]) => JSON.stringify({ nftables: [table, ...objects] });
const counter = { counter: { packets: 1, bytes: 2 } };
const own = { type: 'nat', hook: 'prerouting', prio: -100, policy: 'accept' };
const dnat = { dnat: { addr: '10.0.0.2', port: 80 } };
const empty = '*nat\n:PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n';
const remark = "# Table `nat' contains incompatible base-chains, use 'nft' tool to list them.\n";
const chainsOf = (text: { readonly iptablesNft?: string; readonly nft?: string }) =>
  parseRuleset({ ...text, present }).tables.map(({ backend, name, chains }) => ({
    backend,
    name,
    rules: [...chains.values()].flatMap((one) => one.rules.map(({ text: said }) => `${one.name}: ${said}`)),
  }));

test('chains that are not iptables’ are read from nft', () => {
  const nft = listing(chain('pre', own), rule('pre', counter, dnat));
  expect(chainsOf({ iptablesNft: `${remark}${empty}COMMIT\n`, nft })).toEqual([
    { backend: 'nft', name: 'nat', rules: ['pre: counter packets 1 bytes 2 dnat to 10.0.0.2:80'] },
  ]);
});

test('a table that iptables-save refuses and nft was not asked for is not known to be empty', () => {
  expect(chainsOf({ iptablesNft: `${remark}${empty}COMMIT\n` })).toEqual([]);
});

test('a rule without a counter is nft’s own: iptables-save may have left parts of it out', () => {
  const udp = { match: { op: '==', left: { payload: { protocol: 'udp', field: 'length' } }, right: 8 } };
  const nft = listing(chain('PREROUTING', own), rule('PREROUTING', udp, { accept: null }));
  const [found] = chainsOf({ iptablesNft: `${empty}-A PREROUTING -p udp -j ACCEPT\nCOMMIT\n`, nft });
  expect(found).toMatchObject({ backend: 'nft', rules: ['PREROUTING: udp length 8 accept'] });
});

test('rules of iptables beside native chains keep the arguments of their extensions', () => {
  const addrtype = { xt: { type: 'match', name: 'addrtype' } };
  const nft = listing(
    chain('PREROUTING', own),
    chain('DOCKER'),
    chain('pre', { ...own, prio: -90 }),
    rule('PREROUTING', addrtype, counter, { jump: { target: 'DOCKER' } }),
    rule('pre', dnat),
  );
  const saved = `${remark}${empty}:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\nCOMMIT\n`;
  expect(chainsOf({ iptablesNft: saved, nft })[0]?.rules).toEqual([
    'PREROUTING: -A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    'pre: dnat to 10.0.0.2:80',
  ]);
});

test('a table that iptables alone filled is read from iptables-save', () => {
  const nft = listing(chain('PREROUTING', own), rule('PREROUTING', counter, { accept: null }));
  expect(chainsOf({ iptablesNft: `${empty}-A PREROUTING -j ACCEPT\nCOMMIT\n`, nft })).toEqual([
    { backend: 'iptables-nft', name: 'nat', rules: ['PREROUTING: -A PREROUTING -j ACCEPT'] },
  ]);
});
