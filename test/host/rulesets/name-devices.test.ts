/** Links of chains, told by nft's text where its JSON leaves them out. */
import { expect, test } from 'vitest';
import { nameDevices, needsDevices } from '../../../src/host/rulesets/name-devices.ts';

const listed = (...chains: object[]): string =>
  JSON.stringify({ nftables: [{ metainfo: {} }, ...chains.map((chain) => ({ chain }))] });
const onLink = { family: 'netdev', table: 'fw', name: 'in', hook: 'ingress', prio: 0 };
const early = { family: 'inet', table: 'q', name: 'c', hook: 'ingress', prio: 5 };
const plain = { family: 'inet', table: 'q', name: 'input', hook: 'input', prio: 0 };

const text = `table netdev fw {
	chain in {
		type filter hook ingress devices = { lo, "vb" } priority filter; policy accept;
	}
	chain lost {
		type filter hook egress priority filter; policy accept;
	}
}
table inet q {
	chain c {
		type filter hook ingress device "vb.7" priority filter + 5; policy accept;
	}
	chain input {
		type filter hook input priority filter; policy accept;
	}
}
`;

test('nft’s text is asked only where a chain on links does not say which', () => {
  expect(needsDevices(listed(plain))).toBe(false);
  expect(needsDevices(listed(plain, { ...onLink, dev: 'vb' }))).toBe(false);
  expect(needsDevices(listed(plain, onLink))).toBe(true);
  expect(needsDevices('{"nftables": [{"chain": {"hook": "ingress"')).toBe(false);
});

test('chains get the links their text names, none where it names none, and stay open where it has no word of them', () => {
  const lost = { ...onLink, name: 'lost', hook: 'egress' };
  const unheard = { ...onLink, name: 'unheard' };
  const answer = JSON.parse(nameDevices(listed(onLink, early, plain, lost, unheard), text)) as {
    readonly nftables: readonly { readonly chain?: { readonly name: string; readonly dev?: readonly string[] } }[];
  };
  expect(answer.nftables.flatMap(({ chain }) => (chain ? [[chain.name, chain.dev]] : []))).toEqual([
    ['in', ['lo', 'vb']],
    ['c', ['vb.7']],
    ['input', undefined],
    ['lost', []],
    ['unheard', undefined],
  ]);
});

test('what is no JSON is left as it is', () => {
  expect(nameDevices('no JSON', text)).toBe('no JSON');
});
