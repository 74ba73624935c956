import { expect, test } from 'vitest';
import { parseTarget } from '../../../src/trace/endpoints/parse-target.ts';

test.each([
  ['web', { name: 'web' }],
  ['web:80', { name: 'web', port: 80 }],
  ['web:53/udp', { name: 'web', port: 53, proto: 'udp' }],
  ['web/icmp', { name: 'web', proto: 'icmp' }],
  ['container:web:80', { name: 'container:web', port: 80 }],
  ['netns:4026531840', { name: 'netns:4026531840' }],
  ['netns:4026531840:80', { name: 'netns:4026531840', port: 80 }],
  ['pid:17', { name: 'pid:17' }],
  ['host:8080', { name: 'host', port: 8080 }],
  ['host:prod-7:8080', { name: 'host:prod-7', port: 8080 }],
  ['10.0.0.1:80', { name: '10.0.0.1', port: 80 }],
  ['fd00::1', { name: 'fd00::1' }],
  ['[fd00::1]:80/tcp', { name: 'fd00::1', port: 80, proto: 'tcp' }],
  ['[fd00::1]', { name: 'fd00::1' }],
] as const)('%s is taken apart', (text, target) => {
  expect(parseTarget(text)).toEqual(target);
});

test.each(['', ':80', 'web:', 'web:70000', 'web/udp', 'web:1/quic'])('%j is refused', (text) => {
  expect(parseTarget(text)).toHaveProperty('error');
});
