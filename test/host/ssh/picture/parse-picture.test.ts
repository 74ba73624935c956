/** Which netns a number of another netns means, as the other machine tells it. */
import { expect, test } from 'vitest';
import type { Frame } from '../../../../src/host/ssh/frames.ts';
import { parsePicture } from '../../../../src/host/ssh/picture/parse-picture.ts';
import { hostId } from '../../../../src/model/ids.ts';

const frame = (head: string, ...lines: readonly string[]): Frame => ({
  words: head.split(' '),
  body: lines.join('\n'),
});

const batch = (...lists: readonly string[]): readonly string[] => [...lists, ...Array(8 - lists.length).fill('[]')];

const told = [
  frame('processes', '1 100', '7 102'),
  frame('comms', '/proc/1/comm:init', '/proc/7/comm:sleep'),
  // `a b` and `102`: a name can be another's inode.
  frame('mounts', '101 /run/netns/102 0:4 self', '103 /run/docker/netns/a\\040b 0:4 self'),
  frame('home', '100', '100', '4'),
  frame('netns 100 ip', ...batch()),
  frame('netns 101 ip', ...batch()),
  frame('netns 102 ip', ...batch()),
  frame('netns 103 ip', ...batch()),
];

const numbersOf = (...frames: readonly Frame[]) => {
  const options = { host: hostId('h'), privileged: true, isWhole: false };
  const { netns } = parsePicture([...told, ...frames], options);
  return netns[0]?.nsids.map((one) => [one.nsid, netns.find(({ id }) => id === one.netns)?.inode]);
};

test('takes a name for the netns that is mounted there, and for an inode only where we gave it', () => {
  const numbers = numbersOf(
    frame('netns 100 nsids', '[{"nsid":0,"name":"102"},{"nsid":1},{"nsid":2},{"nsid":3}]'),
    frame('netns 100 nsids /run/netns', '[{"nsid":0},{"nsid":1,"name":"102"},{"nsid":2},{"nsid":3}]'),
    frame('netns 100 nsids /run/docker/netns', '[{"nsid":0},{"nsid":1},{"nsid":2,"name":"a b"},{"nsid":3}]'),
  );
  expect(numbers).toEqual([
    [0, 102],
    [1, 101],
    [2, 103],
    [3, 0],
  ]);
});

test('says that a netns could not be entered where that is so', () => {
  const options = { host: hostId('h'), privileged: true, isWhole: false };
  const frames = [...told.slice(0, -1), frame('netns 103 closed')];
  const { netns, gaps } = parsePicture(frames, options);
  const closed = netns.find(({ inode }) => inode === 103);
  expect(closed?.links).toBeUndefined();
  expect(gaps).toContainEqual(expect.objectContaining({ netns: closed?.id, detail: 'it could not be entered' }));
});

test('says once of each netns that iproute2 is missing where ip is that of BusyBox', () => {
  const help = [
    'BusyBox v1.36.1 multi-call binary.',
    '',
    'Usage: ip [OPTIONS] address|route|link|tunnel|neigh|rule [ARGS]',
  ];
  const frames = [...told.filter(({ words }) => words[1] !== '102'), frame('netns 102 ip', ...help)];
  const { gaps } = parsePicture(frames, { host: hostId('h'), privileged: true, isWhole: false });
  expect(gaps.filter(({ source }) => source.startsWith('ip '))).toEqual([
    expect.objectContaining({ source: 'ip link', reason: 'missing', howToSee: expect.stringContaining('iproute2') }),
  ]);
});

test('virtual services: told where the kernel has IPVS, none where it says it has not, unread where nobody asked', () => {
  const table = ['FWM  00000101 rr ', '  -> 0A000007:0000      Masq    1      0          0'];
  const frames = [...told, frame('netns 101 ipvs', ...table), frame('netns 102 ipvs', '')];
  const { netns } = parsePicture(frames, { host: hostId('h'), privileged: true, isWhole: false });
  const of = (inode: number) => netns.find((one) => one.inode === inode)?.ipvs;
  expect(of(101)?.map(({ mark, servers }) => [mark, servers.length])).toEqual([[0x101, 1]]);
  expect(of(102)).toEqual([]);
  expect(of(103)).toBeUndefined();
});
