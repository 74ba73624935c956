/** An event never waits for a tool, and rules that change often are not read as often. */
import { expect, test, vi } from 'vitest';
import type { HostEvent } from '../../../src/host/host.ts';
import { followRulesets } from '../../../src/host/rulesets/follow-rulesets.ts';
import type { RulesetReader } from '../../../src/host/rulesets/ruleset-reader.ts';
import type { RulesetText } from '../../../src/model/ruleset-text.ts';
import { fakeNetns } from '../../support/fake-host.ts';

const present = (nftGeneration: number): RulesetText => ({
  present: { nftTables: [{ family: 'ip', name: 'filter' }], legacyTables: [], legacyTables6: [], nftGeneration },
});

const setup = () => {
  const heard: HostEvent[] = [];
  const reads: { readonly generation: number | undefined; readonly finish: () => void }[] = [];
  const rules: RulesetReader = {
    addTexts: (list) =>
      new Promise((resolve) => {
        const generation = list[0]?.ruleset?.present.nftGeneration;
        const value = list.map((netns) => ({
          ...netns,
          ruleset: { ...present(generation ?? 0), iptablesNft: `text ${generation}` },
        }));
        reads.push({ generation, finish: () => resolve({ value, gaps: [] }) });
      }),
  };
  const hear = followRulesets(
    () => rules,
    (id) => [fakeNetns(1), fakeNetns(2)].find((netns) => netns.id === id),
    (events) => heard.push(...events),
  );
  return { heard, reads, hear };
};
const own = fakeNetns(1).id;
const changed = (generation: number): HostEvent => ({
  kind: 'facts',
  netns: own,
  facts: { ruleset: present(generation) },
});
const link: HostEvent = { kind: 'links', netns: own, changed: [], gone: [3] };

test('a link that went down is told at once, while rules are still being read', async () => {
  const { heard, reads, hear } = setup();
  hear([changed(1)]);
  hear([link]);
  expect(heard).toEqual([link]);
  reads[0]?.finish();
  await vi.waitFor(() =>
    expect(heard).toMatchObject([link, { kind: 'facts', facts: { ruleset: { iptablesNft: 'text 1' } } }]),
  );
});

test('rules that changed three times while being read are read once more, as they are last', async () => {
  const { heard, reads, hear } = setup();
  for (const generation of [1, 2, 3, 4]) hear([changed(generation)]);
  reads[0]?.finish();
  await vi.waitFor(() => expect(reads.map(({ generation }) => generation)).toEqual([1, 4]));
  reads[1]?.finish();
  await vi.waitFor(() => expect(heard).toHaveLength(2));
});

test('a new netns is told without its rules, which follow; other facts go with the event', async () => {
  const { heard, reads, hear } = setup();
  const born = fakeNetns(2, [], { links: [], ruleset: present(7) });
  hear([
    { kind: 'netns-appeared', netns: born },
    { kind: 'facts', netns: own, facts: { routes: [], ruleset: present(8) } },
  ]);
  const { ruleset: _, ...bare } = born;
  expect(heard).toEqual([
    { kind: 'netns-appeared', netns: bare },
    { kind: 'facts', netns: own, facts: { routes: [] } },
  ]);
  expect(reads.map(({ generation }) => generation)).toEqual([7]);
});

test('a netns that has gone is not read any more', async () => {
  const { heard, reads, hear } = setup();
  hear([changed(1)]);
  hear([{ kind: 'netns-appeared', netns: fakeNetns(2, [], { ruleset: present(1) }) }]);
  hear([{ kind: 'netns-gone', id: fakeNetns(2).id }]);
  reads[0]?.finish();
  await vi.waitFor(() => expect(heard).toHaveLength(3));
  expect(reads).toHaveLength(1);
});
