import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { locate } from '../../src/graph/locate.ts';
import type { PublishedPort } from '../../src/model/container.ts';
import {
  inode,
  ipv4,
  makeBridge,
  makeContainer,
  makeEngine,
  makeLo,
  makeNetns,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
  process,
} from './make-snapshot.ts';

const port: PublishedPort = { hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, proto: 'tcp' };
const endpoint = (ipv4: string) => ({ network: 'app', networkId: '', ipv4, aliases: [] });

const host = makeNetns(
  1,
  [
    makeLo(),
    makeBridge(3, 'br-app'),
    makePort(10, 'veth10', 2, 0, 'br-app', { address: '02:00:00:00:00:0a' }),
    makePort(11, 'veth11', 2, 1, 'br-app'),
  ],
  {
    isHost: true,
    nsids: nsids(100, 200),
    holders: [process(1, 'init'), process(77, 'sshd')],
    addresses: [{ ifindex: 3, ifname: 'br-app', addr_info: [ipv4('172.20.0.1', 16)] }],
  },
);
const inside = (n: number, peer: number, address: string) =>
  makeNetns(
    n,
    [makeLo(), makeVeth(2, 'eth0', peer, 0, { address: `02:42:ac:14:00:${address.at(-1)!.padStart(2, '0')}` })],
    {
      nsids: nsids(1),
      names: [`docker/${n}abc`],
      holders: [process(n), process(n + 1, 'worker')],
      addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4(address, 16)] }],
    },
  );
const web = makeContainer('web', 100, {
  fullId: 'abc1'.padEnd(64, '0'),
  endpoints: [endpoint('172.20.0.2')],
  ports: [port],
  compose: { project: 'shop', service: 'front' },
});
const api = makeContainer('api', 200, { fullId: 'abc2'.padEnd(64, '0'), endpoints: [endpoint('172.20.0.3')] });
const stopped = makeContainer('old', 0, {
  fullId: '8080'.padEnd(64, '0'),
  state: 'exited',
  endpoints: [endpoint('172.20.0.9')],
});
const graph = buildGraph([
  makeSnapshot([host, inside(100, 10, '172.20.0.2'), inside(200, 11, '172.20.0.3')], [makeEngine([web, api, stopped])]),
]);

const found = (...words: readonly string[]) =>
  locate(graph, words).map((one) => {
    const link = one.link === undefined ? undefined : graph.links.get(one.link);
    const where = link === undefined ? one.netns : graph.netns.get(link.netns)?.name;
    const who = one.container === undefined ? undefined : graph.containers.get(one.container)?.facts.name;
    return [one.kind, who ?? where, link?.facts.ifname, one.certainty].filter((part) => part !== undefined).join(' ');
  });

describe('one word', () => {
  test.each([
    ['web', ['container web eth0 exact']],
    ['/web', ['container web eth0 exact']],
    ['front', ['container web eth0 exact']],
    ['shop/front', ['container web eth0 exact']],
    ['abc2', ['container api eth0 exact']],
    ['abc2'.padEnd(64, '0'), ['container api eth0 exact']],
    ['container:web', ['container web eth0 exact']],
    ['veth10', ['link host veth10 exact']],
    ['eth0', ['link web eth0 exact', 'link api eth0 exact']],
    ['10', ['link host veth10 exact']],
    ['web:2', ['link web eth0 exact']],
    ['web/eth0', ['link web eth0 exact']],
    ['200:2', ['link api eth0 exact']],
    ['02:42:AC:14:00:03', ['link api eth0 exact']],
    ['02-00-00-00-00-0a', ['link host veth10 exact']],
    ['172.20.0.3', ['address api eth0 exact']],
    ['172.20.0.1/16', ['address host br-app exact']],
    ['172.20.0.9', ['address old unknown']],
    ['8080', ['port web eth0 exact']],
    ['8080/tcp', ['port web eth0 exact']],
    ['10.0.0.1:8080', ['port web eth0 exact']],
    ['8080/udp', []],
    ['port:8080', ['port web eth0 exact']],
    ['101', ['netns web eth0 exact']],
    ['pid:100', ['container web eth0 exact']],
    ['77', [`netns ${inode(1)} exact`]],
    ['200', ['container api eth0 exact']],
    ['docker/100abc', ['netns web eth0 exact']],
    ['100abc', ['netns web eth0 exact']],
    ['net:[200]', ['netns api eth0 exact']],
    ['old', ['container old exact']],
    ['nobody', []],
    ['abc', []],
  ])('%s', (word, expected) => {
    expect(found(word)).toEqual(expected);
  });

  test('digits are read as the beginning of an id only when they mean nothing else', () => {
    expect(found('8080')).not.toContain('container old exact');
    expect(found('80800000')).toEqual(['container old exact']);
  });
});

describe('several words narrow down', () => {
  test.each([
    [['eth0', 'web'], ['link web eth0 exact']],
    [['eth0', '172.20.0.3'], ['link api eth0 exact']],
    [['web', 'veth10'], ['container web eth0 exact']],
    [['web', 'veth11'], []],
    [['web', 'nobody'], []],
  ])('%j', (words, expected) => {
    expect(found(...words)).toEqual(expected);
  });

  test('no word names nothing', () => {
    expect(found()).toEqual([]);
  });
});
