import { expect, test } from 'vitest';
import { followGaps } from '../../../../src/host/ssh/follow/follow-gaps.ts';
import { hostId, netnsId } from '../../../../src/model/ids.ts';
import type { Netns } from '../../../../src/model/netns.ts';

const id = (inode: number) => netnsId(hostId('h'), 4, inode);
const netns = (inode: number, seen: readonly number[] = []): Netns => ({
  id: id(inode),
  dev: 4,
  inode,
  isHost: inode === 1,
  names: [],
  holders: [],
  nsids: seen.map((one, nsid) => ({ nsid, netns: id(one) })),
});

test('tells which namespaces nothing is heard of, and what of the others', () => {
  const some = followGaps([netns(1, [2]), netns(2), netns(3)], true);
  expect(some.map(({ detail }) => detail.slice(0, 20))).toEqual([
    'neighbours, forwardi',
    'changed rules are he',
    '1 namespaces have no',
  ]);
  expect(followGaps([netns(1, [2, 3]), netns(2), netns(3)], true)).toHaveLength(2);
  expect(followGaps([netns(1)], false)).toContainEqual(expect.objectContaining({ reason: 'missing' }));
});
