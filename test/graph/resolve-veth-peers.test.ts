import { expect, test } from 'vitest';
import { indexFacts } from '../../src/graph/index-facts.ts';
import { resolveVethPeers } from '../../src/graph/resolve-veth-peers.ts';
import { linkId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import { inode, makeLink, makeNetns, makeSnapshot, makeVeth, nsids } from './make-snapshot.ts';

const resolve = (...netns: readonly Netns[]) => resolveVethPeers(indexFacts([makeSnapshot(netns)]));
const id = (n: number, ifindex: number) => linkId(inode(n), ifindex);
const exact = (n: number, ifindex: number) => ({ certainty: 'exact', to: id(n, ifindex) });

test('a thousand containers whose eth0 all have ifindex 2 each get their own host end', () => {
  const count = 1000;
  const hostEnds = Array.from({ length: count }, (_, k) => makeVeth(k + 10, `veth${k}`, 2, k));
  const containers = Array.from({ length: count }, (_, k) =>
    makeNetns(k + 1000, [makeVeth(2, 'eth0', k + 10, 0)], { nsids: nsids(1) }),
  );
  const peers = resolve(makeNetns(1, hostEnds, { nsids: nsids(...containers.map((one) => one.inode)) }), ...containers);
  const wrong = containers.filter((_, k) => {
    const [inside, outside] = [peers.get(id(k + 1000, 2)), peers.get(id(1, k + 10))];
    return (
      inside?.certainty !== 'exact' ||
      inside.to !== id(1, k + 10) ||
      outside?.certainty !== 'exact' ||
      outside.to !== id(k + 1000, 2)
    );
  });
  expect(wrong).toEqual([]);
});

test('pairs between containers are exact though two pairs have the same two ifindexes', () => {
  const peers = resolve(
    makeNetns(1, [makeVeth(5, 'a', 5, 0)], { nsids: nsids(2, 3) }),
    makeNetns(2, [makeVeth(5, 'b', 5, 0)], { nsids: nsids(1) }),
    makeNetns(3, [makeVeth(5, 'c', 5, 0)], { nsids: nsids(4) }),
    makeNetns(4, [makeVeth(5, 'd', 5, 0)], { nsids: nsids(3) }),
  );
  expect([peers.get(id(1, 5)), peers.get(id(3, 5))]).toEqual([exact(2, 5), exact(4, 5)]);
});

test('a pair within one netns is joined by name', () => {
  const peers = resolve(
    makeNetns(1, [
      makeLink(7, 'va', { link: 'vb', linkinfo: { info_kind: 'veth' } }),
      makeLink(8, 'vb', { link: 'va', linkinfo: { info_kind: 'veth' } }),
    ]),
  );
  expect([peers.get(id(1, 7)), peers.get(id(1, 8))]).toEqual([exact(1, 8), exact(1, 7)]);
});

test('an old kernel that leaves out an equal ifindex of the peer is understood', () => {
  const bare = { link_netnsid: 0, linkinfo: { info_kind: 'veth' } };
  const peers = resolve(
    makeNetns(1, [makeLink(7, 'va', bare)], { nsids: nsids(2) }),
    makeNetns(2, [makeLink(7, 'vb', bare)], { nsids: nsids(1) }),
  );
  expect(peers.get(id(1, 7))).toEqual(exact(2, 7));
});

test('one proven direction proves the other when the far end knows no number for this netns', () => {
  const peers = resolve(
    makeNetns(1, [makeVeth(10, 'veth1', 2, 0)], { nsids: nsids(2) }),
    makeNetns(2, [makeVeth(2, 'eth0', 10, -1)]),
  );
  expect([peers.get(id(1, 10)), peers.get(id(2, 2))]).toEqual([exact(2, 2), exact(1, 10)]);
});

test('without nsids a mutual pair of indexes is a candidate, never a fact', () => {
  const peers = resolve(makeNetns(1, [makeVeth(10, 'veth1', 2, 0)]), makeNetns(2, [makeVeth(2, 'eth0', 10, 0)]));
  expect(peers.get(id(1, 10))).toMatchObject({ certainty: 'ambiguous', candidates: [id(2, 2)] });
});

test('several mutual pairs are all candidates; equal MAC addresses decide nothing', () => {
  const mac = { address: '02:42:ac:11:00:02' };
  const peers = resolve(
    makeNetns(1, [makeVeth(10, 'veth1', 2, 0, mac)]),
    makeNetns(2, [makeVeth(2, 'eth0', 10, 0, mac)]),
    makeNetns(3, [makeVeth(2, 'eth0', 10, 0)]),
  );
  expect(peers.get(id(1, 10))).toMatchObject({ candidates: [id(2, 2), id(3, 2)] });
});

test('a netns that has another number here is no candidate', () => {
  const peers = resolve(
    makeNetns(1, [makeVeth(10, 'veth1', 2, 7)], { nsids: nsids(2) }),
    makeNetns(2, [makeVeth(2, 'eth0', 10, 0)]),
  );
  expect(peers.get(id(1, 10))).toMatchObject({ certainty: 'unknown', ifindex: 2 });
});

test('a peer in a netns nobody holds is unknown, with its ifindex and the reason', () => {
  const peers = resolve(makeNetns(1, [makeVeth(10, 'veth1', 2, 0)], { nsids: nsids(undefined) }));
  expect(peers.get(id(1, 10))).toEqual({
    certainty: 'unknown',
    ifindex: 2,
    why: 'nobody visible holds the netns of its other end (nsid 0)',
  });
});

test('a peer in a netns whose links could not be read is unknown, with that netns', () => {
  const peers = resolve(makeNetns(1, [makeVeth(10, 'veth1', 2, 0)], { nsids: nsids(2) }), makeNetns(2, undefined));
  expect(peers.get(id(1, 10))).toMatchObject({ certainty: 'unknown', ifindex: 2, netns: inode(2) });
});

test('an end that points elsewhere is not taken for the peer', () => {
  const peers = resolve(
    makeNetns(1, [makeVeth(10, 'veth1', 2, 0)], { nsids: nsids(2) }),
    makeNetns(2, [makeVeth(2, 'eth0', 99, 0)], { nsids: nsids(1) }),
  );
  expect(peers.get(id(1, 10))).toMatchObject({ certainty: 'unknown', netns: inode(2), ifindex: 2 });
});

test('a vxlan link that names its own ifindex and nsid 0 has no peer', () => {
  const vxlan = makeLink(5, 'vxlan0', {
    link_index: 5,
    link_netnsid: 0,
    linkinfo: { info_kind: 'vxlan', info_data: { id: 4096 } },
  });
  const peers = resolve(
    makeNetns(1, [makeVeth(5, 'veth5', 5, 0)], { nsids: nsids(2) }),
    makeNetns(2, [vxlan], { nsids: nsids(1) }),
  );
  expect(peers.has(id(2, 5))).toBe(false);
  expect(peers.get(id(1, 5))).toMatchObject({
    certainty: 'unknown',
    why: 'link 5 in the netns of its other end is no veth',
  });
});

test('netns of different hosts with equal inodes and indexes never pair up', () => {
  const here = makeSnapshot([makeNetns(1, [makeVeth(10, 'veth1', 2, 0)])]);
  const there = makeSnapshot([makeNetns(2, [makeVeth(2, 'eth0', 10, 0)])]);
  const elsewhere = { ...there, host: { ...there.host, id: 'h2' as typeof there.host.id } };
  expect(resolveVethPeers(indexFacts([here, elsewhere])).get(id(1, 10))).toMatchObject({ certainty: 'unknown' });
});
