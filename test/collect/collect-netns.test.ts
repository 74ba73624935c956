/** Namespaces come and go between two answers; the picture still fits together. */
import { describe, expect, test } from 'vitest';
import { collectNetns } from '../../src/collect/collect-netns.ts';
import { allParts } from '../../src/collect/netns-parts.ts';
import type { Netns } from '../../src/model/netns.ts';
import { fakeHost, fakeNetns } from '../support/fake-host.ts';

const link = (name: string) => ({
  ifindex: 1,
  ifname: name,
  flags: [],
  mtu: 1500,
  operstate: 'UP',
  link_type: 'ether',
});
const wired = (inode: number, name = 'lo'): Netns => fakeNetns(inode, [], { links: [link(name)] });
const ruled = (inode: number): Netns => fakeNetns(inode, [], { sysctls: { x: '1' } });

/** A host whose netns answers are these, one after the other, the last for ever; `only` is honoured. */
const answering = (...answers: readonly (readonly Netns[])[]) => {
  let turn = 0;
  return fakeHost({
    netns: ({ only }) => {
      const answer = answers[Math.min(turn++, answers.length - 1)] ?? [];
      return only === undefined ? answer : answer.filter(({ id }) => only.includes(id));
    },
  });
};
const questions = (host: ReturnType<typeof answering>) =>
  host.asked.map((question) =>
    question.about === 'netns'
      ? [question.parts.includes('links') ? 'wiring' : 'rest', question.only?.length ?? 'all']
      : [],
  );

describe('namespaces that stay', () => {
  test('are asked twice, and both answers make one netns', async () => {
    const host = answering([wired(2), wired(1)], [ruled(1), ruled(2)]);
    const firsts: number[] = [];
    const { netns, gaps } = await collectNetns(host, allParts, (first) => firsts.push(first.netns.length));
    expect(netns.map(({ inode, links, sysctls }) => [inode, links?.length, sysctls])).toEqual([
      [1, 1, { x: '1' }],
      [2, 1, { x: '1' }],
    ]);
    expect(questions(host)).toEqual([
      ['wiring', 'all'],
      ['rest', 'all'],
    ]);
    expect([firsts, gaps]).toEqual([[2], []]);
  });

  test('are asked once when only links are wanted, with the full search', async () => {
    const host = answering([wired(1)]);
    await collectNetns(host, ['links', 'addresses'], () => expect.unreachable());
    expect(host.asked).toEqual([{ about: 'netns', parts: ['links', 'addresses'], search: 'full' }]);
  });
});

describe('a netns', () => {
  test('born between the answers is asked for its wiring', async () => {
    const host = answering([wired(1)], [ruled(1), ruled(2)], [wired(1), wired(2)]);
    const { netns } = await collectNetns(host, allParts, () => {});
    expect(netns.map(({ inode, links }) => [inode, links?.length])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(questions(host).at(-1)).toEqual(['wiring', 1]);
  });

  test('gone between the answers is gone, and what was wired to it is read anew', async () => {
    const host = answering([wired(1, 'veth-to-2'), wired(2)], [ruled(1)], [wired(1, 'lo')]);
    const { netns, gaps } = await collectNetns(host, allParts, () => {});
    expect(netns.map(({ inode, links }) => [inode, links?.[0]?.ifname])).toEqual([[1, 'lo']]);
    expect(gaps).toEqual([]);
  });

  test('born and gone before anybody could ask leaves nothing behind', async () => {
    const host = answering([wired(1)], [ruled(1), ruled(2)], [wired(1)], [wired(1)]);
    const { netns, gaps } = await collectNetns(host, allParts, () => {});
    expect(netns.map(({ inode }) => inode)).toEqual([1]);
    expect(gaps).toEqual([]);
  });
});

test('a host that never rests gives its last picture, and says so', async () => {
  let inode = 10;
  const host = fakeHost({
    netns: ({ only, parts }) =>
      only === undefined ? [fakeNetns(1), parts.includes('links') ? wired(inode++) : ruled(inode++)] : [],
  });
  const { netns, gaps } = await collectNetns(host, allParts, () => {});
  expect(netns[0]?.inode).toBe(1);
  expect(gaps).toMatchObject([{ source: 'netns', reason: 'vanished' }]);
  expect(host.asked.length).toBeLessThan(12);
});
