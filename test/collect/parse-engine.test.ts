/** What a daemon says of itself and of its networks. */
import { describe, expect, test } from 'vitest';
import { parseEngine } from '../../src/collect/parse-engine.ts';
import type { EngineAnswers } from '../../src/host/host.ts';
import { hostId } from '../../src/model/ids.ts';

const host = hostId('h');
const parse = (answers: Partial<EngineAnswers>) =>
  parseEngine({ kind: 'docker', socket: '/s', version: {}, info: {}, containers: [], networks: [], ...answers }, host);

describe('an engine', () => {
  test('of today tells its firewall, swarm and pools', () => {
    const { engine, gaps } = parse({
      pid: 5,
      version: { Version: '28.5.2', ApiVersion: '1.51' },
      info: {
        FirewallBackend: { Driver: 'iptables+firewalld' },
        LiveRestoreEnabled: true,
        SecurityOptions: ['name=seccomp,profile=builtin', 'name=rootless'],
        Swarm: { LocalNodeState: 'active', NodeID: 'n1', ControlAvailable: true },
        DefaultAddressPools: [{ Base: '10.10.0.0/16', Size: 24 }, { Base: 5 }],
        Warnings: ['WARNING: bridge-nf-call-iptables is disabled'],
      },
    });
    expect(engine).toMatchObject({
      pid: 5,
      version: '28.5.2',
      apiVersion: '1.51',
      rootless: true,
      firewallBackend: 'iptables+firewalld',
      liveRestore: true,
      swarm: { active: true, nodeId: 'n1', manager: true },
      addressPools: [{ base: '10.10.0.0/16', size: 24 }],
      warnings: ['WARNING: bridge-nf-call-iptables is disabled'],
    });
    expect(gaps.map(({ detail }) => detail)).toEqual([
      '/info: DefaultAddressPools[1].Base: a number instead of a text',
    ]);
  });

  test('of old says nothing about its firewall, and so do we', () => {
    expect(parse({ version: { Version: '20.10.24' }, info: { Warnings: null } }).engine).not.toHaveProperty(
      'firewallBackend',
    );
  });

  test('that could not be asked all is still an engine', () => {
    const { engine, gaps } = parse({ info: undefined });
    expect(engine).toMatchObject({ version: '', rootless: false, warnings: [] });
    expect(gaps).toEqual([]);
  });

  test('that tells nonsense without end is told in twenty lines and a number', () => {
    const { gaps } = parse({ containers: Array.from({ length: 100 }, () => ({ Name: 'x' })) });
    expect(gaps).toHaveLength(21);
    expect(gaps.at(-1)?.detail).toBe('and 80 more fields that make no sense');
  });
});

describe('a network', () => {
  const networkOf = (json: object) => parse({ networks: [{ Id: 'n1', ...json }] }).engine.networks[0];

  test('has its subnets, options and members', () => {
    expect(
      networkOf({
        Name: 'app',
        Driver: 'bridge',
        Scope: 'local',
        Internal: true,
        EnableIPv4: false,
        EnableIPv6: true,
        IPAM: { Config: [{ Subnet: '10.0.0.0/24', Gateway: '10.0.0.1', IPRange: '10.0.0.128/25' }, { Subnet: '' }] },
        Options: { 'com.docker.network.bridge.name': 'br-app' },
        Containers: { c1: {}, c2: {} },
      }),
    ).toMatchObject({
      name: 'app',
      internal: true,
      enableIpv4: false,
      enableIpv6: true,
      subnets: [{ subnet: '10.0.0.0/24', gateway: '10.0.0.1', ipRange: '10.0.0.128/25' }],
      options: { 'com.docker.network.bridge.name': 'br-app' },
      containers: ['c1', 'c2'],
    });
  });

  test('of an engine that cannot switch IPv4 off has IPv4', () => {
    expect(networkOf({ IPAM: { Config: null }, Containers: null, Labels: null })).toMatchObject({
      enableIpv4: true,
      subnets: [],
      containers: [],
    });
  });
});

test.each(['web', 'abcdef123456', 'abcdef'])(
  'a container that shares the netns of %s is joined to it by full id',
  (wanted) => {
    const { engine } = parse({
      containers: [
        { Id: 'abcdef1234567890', Name: '/web' },
        { Id: 'ffff', Name: '/side', HostConfig: { NetworkMode: `container:${wanted}` } },
      ],
    });
    expect(engine.containers[1]?.sharesNetnsOf).toBe('abcdef1234567890');
  },
);
