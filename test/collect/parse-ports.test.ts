/** Published ports, of containers that run and of those that do not. */
import { expect, test } from 'vitest';
import { jsonFields } from '../../src/collect/json-fields.ts';
import { parseExposedPorts, parsePublishedPorts } from '../../src/collect/parse-ports.ts';

const fields = (json: object) => jsonFields(json, () => {});
const Ports = {
  '80/tcp': [
    { HostIp: '0.0.0.0', HostPort: '8080' },
    { HostIp: '::', HostPort: '8080' },
  ],
  '53/udp': [{ HostIp: '', HostPort: '5353' }],
  '443/tcp': null,
};

test('a running container publishes what the engine bound', () => {
  expect(
    parsePublishedPorts(fields({ NetworkSettings: { Ports }, HostConfig: { PortBindings: { '1/tcp': [{}] } } }), true),
  ).toEqual([
    { hostIp: '0.0.0.0', hostPort: 8080, containerPort: 80, proto: 'tcp' },
    { hostIp: '::', hostPort: 8080, containerPort: 80, proto: 'tcp' },
    { hostIp: '0.0.0.0', hostPort: 5353, containerPort: 53, proto: 'udp' },
  ]);
});

test('one that does not run would publish what it was made with; 0 is a port still to be chosen', () => {
  const PortBindings = {
    '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }],
    '81/tcp': [{ HostPort: '8000-8010' }],
    '82/sctp': [{ HostPort: '82' }],
  };
  expect(parsePublishedPorts(fields({ NetworkSettings: { Ports: {} }, HostConfig: { PortBindings } }), false)).toEqual([
    { hostIp: '127.0.0.1', hostPort: 0, containerPort: 80, proto: 'tcp' },
    { hostIp: '0.0.0.0', hostPort: 0, containerPort: 81, proto: 'tcp' },
    { hostIp: '0.0.0.0', hostPort: 82, containerPort: 82, proto: 'sctp' },
  ]);
});

test.each(['x/tcp', '80/icmp', '99999/tcp', '80-90/tcp', ''])('%j is no port', (key) => {
  expect(parsePublishedPorts(fields({ NetworkSettings: { Ports: { [key]: [{ HostPort: '1' }] } } }), true)).toEqual([]);
});

test('exposed ports are those of the image and those of the engine', () => {
  expect(
    parseExposedPorts(
      fields({ Config: { ExposedPorts: { '80/tcp': {}, '9000/tcp': {} } }, NetworkSettings: { Ports } }),
    ),
  ).toEqual(['443/tcp', '53/udp', '80/tcp', '9000/tcp']);
});
