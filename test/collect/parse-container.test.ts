/** Containers as Docker 20.10 to 29 and Podman tell them. */
import { describe, expect, test } from 'vitest';
import { parseContainer } from '../../src/collect/parse-container.ts';
import { parseEngineNetwork } from '../../src/collect/parse-engine-network.ts';
import { hostId } from '../../src/model/ids.ts';

const host = hostId('h');
const network = (name: string, driver: string) => {
  const parsed = parseEngineNetwork({ Id: `id-${name}`, Name: name, Driver: driver }, host, 'docker', () => {});
  return parsed === undefined ? [] : [parsed];
};
const networks = [
  ...network('bridge', 'bridge'),
  ...network('app', 'bridge'),
  ...network('lan', 'macvlan'),
  ...network('flat', 'ipvlan'),
  ...network('swarm', 'overlay'),
  ...network('weird', 'weave'),
  ...network('podman', 'bridge'),
];

const parse = (json: object) => {
  const troubles: string[] = [];
  const container = parseContainer(
    { Id: 'c1', ...json },
    { host, engine: 'docker', networks, tell: (line) => troubles.push(line) },
  );
  return { container, troubles };
};

const mode = (NetworkMode: string, Networks: object = {}) =>
  parse({ HostConfig: { NetworkMode }, NetworkSettings: { Networks } }).container?.mode;

describe('the mode of a container', () => {
  test.each([
    ['default', 'bridge'],
    ['bridge', 'bridge'],
    ['app', 'bridge'],
    ['id-app', 'bridge'],
    ['lan', 'macvlan'],
    ['flat', 'ipvlan'],
    ['swarm', 'overlay'],
    ['weird', 'custom'],
    ['slirp4netns', 'custom'],
    ['host', 'host'],
    ['none', 'none'],
    ['container:abc', 'container'],
    ['ns:/run/netns/x', 'path'],
  ])('whose network mode is %s is %s', (networkMode, expected) => {
    expect(mode(networkMode)).toBe(expected);
  });

  test('of several networks is that of the one it was made with', () => {
    expect(mode('lan', { bridge: { NetworkID: 'id-bridge' }, lan: { NetworkID: 'id-lan' } })).toBe('macvlan');
  });

  test('of podman, where `bridge` is called podman, is bridge', () => {
    expect(mode('bridge', { podman: { NetworkID: 'id-podman' } })).toBe('bridge');
  });
});

describe('a container', () => {
  test('shares the netns its mode names', () => {
    expect(parse({ HostConfig: { NetworkMode: 'container:abc' } }).container?.sharesNetnsOf).toBe('abc');
  });

  test('has an endpoint on each of its networks, with both families', () => {
    const { container } = parse({
      NetworkSettings: {
        SandboxKey: '/var/run/docker/netns/1',
        Networks: {
          app: {
            NetworkID: 'id-app',
            EndpointID: 'e1',
            IPAddress: '172.20.0.2',
            IPPrefixLen: 16,
            Gateway: '172.20.0.1',
            GlobalIPv6Address: 'fd00::2',
            GlobalIPv6PrefixLen: 64,
            IPv6Gateway: 'fd00::1',
            MacAddress: '02:42:AC:14:00:02',
            Aliases: ['api', 'c1'],
            DNSNames: ['web', 'api'],
            GwPriority: 0,
          },
          bridge: { NetworkID: 'id-bridge', IPAddress: '', Gateway: '', MacAddress: '', Aliases: null },
        },
      },
    });
    expect(container?.endpoints).toEqual([
      {
        network: 'app',
        networkId: 'id-app',
        endpointId: 'e1',
        ipv4: '172.20.0.2',
        prefixLength4: 16,
        gateway4: '172.20.0.1',
        ipv6: 'fd00::2',
        prefixLength6: 64,
        gateway6: 'fd00::1',
        mac: '02:42:ac:14:00:02',
        aliases: ['api', 'c1', 'web'],
        gwPriority: 0,
      },
      { network: 'bridge', networkId: 'id-bridge', aliases: [] },
    ]);
    expect(container?.sandboxKey).toBe('/var/run/docker/netns/1');
  });

  test('belongs to a Compose service by its labels', () => {
    const Labels = { 'com.docker.compose.project': 'shop', 'com.docker.compose.service': 'web', x: 'y' };
    expect(parse({ Config: { Labels } }).container).toMatchObject({
      compose: { project: 'shop', service: 'web' },
      labels: Labels,
    });
  });

  test.each([
    [{ Status: 'paused', Running: true, Paused: true }, 'paused'],
    [{ Running: true, Paused: true }, 'paused'],
    [{ Running: true }, 'running'],
    [{}, 'exited'],
    [{ Status: 'removing' }, 'removing'],
  ])('in the state %j is %s', (State, state) => {
    expect(parse({ State }).container?.state).toBe(state);
  });

  test('that never started has no start time, and a name without its slash', () => {
    const { container } = parse({ Name: '/web', State: { StartedAt: '0001-01-01T00:00:00Z' } });
    expect(container?.name).toBe('web');
    expect(container).not.toHaveProperty('startedAt');
  });
});

describe('a container that makes no sense', () => {
  test('in some fields keeps the others, and every one of them is told', () => {
    const { container, troubles } = parse({
      Name: 7,
      State: 'up',
      HostConfig: { NetworkMode: 'host', Dns: 'x', ExtraHosts: ['a:1', 5] },
      NetworkSettings: { Networks: { app: { IPAddress: 1 }, lan: 'x' }, Ports: [] },
      Config: { Labels: { a: 'b', c: 1 } },
    });
    expect(container).toMatchObject({ mode: 'host', labels: { a: 'b' }, extraHosts: ['a:1'], name: 'c1' });
    expect(container?.endpoints).toHaveLength(2);
    expect(new Set(troubles)).toEqual(
      new Set([
        'State: a string instead of an object',
        'NetworkSettings.Networks.lan: a string instead of an object',
        'NetworkSettings.Networks.app.IPAddress: a number instead of a text',
        'Config.Labels.c: a number instead of a text',
        'Name: a number instead of a text',
        'NetworkSettings.Ports: a list instead of an object',
        'HostConfig.ExtraHosts: holds a number',
        'HostConfig.Dns: a string instead of a list',
      ]),
    );
  });

  test.each([null, 7, 'x', [], {}, { Id: '' }, { Id: 5 }])('altogether (%j) is none', (json) => {
    expect(parseContainer(json, { host, engine: 'docker', networks, tell: () => {} })).toBeUndefined();
  });

  test('because every field is null, as Podman writes for none, is fine', () => {
    const { container, troubles } = parse({
      Name: null,
      State: null,
      Config: { Labels: null, ExposedPorts: null },
      HostConfig: { ExtraHosts: null, PortBindings: null },
      NetworkSettings: { Networks: null, Ports: null },
    });
    expect(container?.endpoints).toEqual([]);
    expect(troubles).toEqual([]);
  });
});
