import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { PublishedPort } from '../../src/model/container.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { RulesetText } from '../../src/model/ruleset-text.ts';
import type { Socket } from '../../src/model/socket.ts';
import { ipv4, makeContainer, makeEngine, makeLink, makeNetns, makeSnapshot, process } from './make-snapshot.ts';

const present = { nftTables: [], legacyTables: [], legacyTables6: [] };
const everywhere: PublishedPort = { hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, proto: 'tcp' };

const socket = (local: string, port: number, comm: string, pid: number, cmdline?: string): Socket => ({
  proto: 'tcp',
  family: local.includes(':') ? 'inet6' : 'inet',
  local,
  port,
  inode: 1,
  processes: [{ pid, comm, ...(cmdline === undefined ? {} : { cmdline }) }],
});

interface World {
  readonly port?: PublishedPort;
  readonly host?: Partial<Netns>;
  readonly inside?: Partial<Netns>;
}

const portOf = ({ port = everywhere, host = {}, inside = {} }: World) => {
  const web = makeContainer('web', 100, {
    endpoints: [{ network: 'bridge', networkId: '', ipv4: '172.17.0.2', aliases: [] }],
    ports: [port],
  });
  const netns = [
    makeNetns(1, [], { isHost: true, holders: [process(1), process(55, 'dockerd')], ...host }),
    makeNetns(100, [makeLink(2, 'eth0')], {
      addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4('172.17.0.2')] }],
      ...inside,
    }),
  ];
  return buildGraph([makeSnapshot(netns, [makeEngine([web], [], { pid: 55 })])]).ports[0];
};

describe('DNAT rules', () => {
  const saved = (...rules: readonly string[]): { ruleset: RulesetText } => ({
    ruleset: { present, iptablesNft: `*nat\n:DOCKER - [0:0]\n${rules.join('\n')}\nCOMMIT\n` },
  });
  const rule = '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80';
  const loopback =
    '-A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80';

  test('are those that lead this port to this container', () => {
    const others = [
      rule.replace('8080', '8081'),
      rule.replace('.2:80', '.3:80'),
      rule.replace('.2:80', '.2:81'),
      rule.replace('-p tcp -m tcp', '-p udp -m udp'),
    ];
    expect(portOf({ host: saved(...others, rule) })?.dnatRules).toEqual([rule]);
  });

  test('carry no counters and are found behind them', () => {
    expect(portOf({ host: saved(`[12:720] ${rule}`) })?.dnatRules).toEqual([rule]);
  });

  test('of one host address serve only a port published on it', () => {
    const local = { ...everywhere, hostIp: '127.0.0.1' };
    expect(portOf({ port: local, host: saved(rule, loopback) })?.dnatRules).toEqual([loopback]);
    expect(portOf({ host: saved(rule, loopback) })?.dnatRules).toEqual([rule]);
  });

  test('of native nft tables are found too', () => {
    const match = { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: 8080 } };
    const expr = [match, { counter: null }, { dnat: { addr: '172.17.0.2', port: 80 } }];
    const nft = JSON.stringify({
      nftables: [{ rule: { family: 'ip', table: 'docker-bridges', chain: 'nat', handle: 7, expr } }],
    });
    expect(portOf({ host: { ruleset: { present, nft } } })?.dnatRules).toEqual([
      'ip docker-bridges nat handle 7: tcp dport 8080 dnat to 172.17.0.2:80',
    ]);
  });

  test('are none in an empty ruleset, and unknown when it was not read', () => {
    expect(portOf({ host: { ruleset: { present } } })?.dnatRules).toEqual([]);
    expect(portOf({})).not.toHaveProperty('dnatRules');
  });
});

describe('who holds the port on the host', () => {
  const proxy = 'docker-proxy -proto tcp -host-ip 0.0.0.0 -host-port 8080 -container-ip 172.17.0.2 -container-port 80';
  const roleOf = (...sockets: readonly Socket[]) => portOf({ host: { sockets } })?.hostSocket?.role;

  test('is the proxy that leads to this container', () => {
    expect(roleOf(socket('0.0.0.0', 8080, 'docker-proxy', 7, proxy))).toBe('proxy');
    expect(roleOf(socket('0.0.0.0', 8080, 'docker-proxy', 7, proxy.replace('0.2', '0.9')))).toBe('other');
  });

  test('is the engine when it only reserves it', () => {
    expect(roleOf(socket('0.0.0.0', 8080, 'dockerd', 55))).toBe('reservation');
    expect(roleOf(socket('0.0.0.0', 8080, 'conmon', 9))).toBe('reservation');
  });

  test('is somebody else, or nobody', () => {
    expect(roleOf(socket('0.0.0.0', 8080, 'nginx', 9))).toBe('other');
    expect(roleOf(socket('127.0.0.1', 8080, 'nginx', 9), socket('0.0.0.0', 81, 'nginx', 9))).toBeUndefined();
  });
});

describe('who listens inside', () => {
  const listener = (...sockets: readonly Socket[]) => portOf({ inside: { sockets } })?.listener;

  test('is reached through the address of the container before one bound to loopback', () => {
    const [loopback, wildcard] = [socket('127.0.0.1', 80, 'a', 1), socket('::', 80, 'b', 2)];
    expect(listener(loopback, wildcard)).toBe(wildcard);
    expect(listener(loopback)).toBe(loopback);
  });

  test('is null when nobody does, and unknown when sockets were not read', () => {
    expect(listener(socket('0.0.0.0', 81, 'a', 1))).toBeNull();
    expect(portOf({})).not.toHaveProperty('listener');
  });
});
