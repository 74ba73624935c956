/** Settings that only the daemon's own arguments and file tell. */
import { expect, test } from 'vitest';
import { parseDaemonSettings } from '../../src/collect/parse-daemon-settings.ts';

const parse = (args: readonly string[], file?: unknown) =>
  parseDaemonSettings(file === undefined ? { args } : { args, file }, () => {});

test.each([
  [[], null, { userlandProxy: true, iptables: true }],
  [[], { 'userland-proxy': false }, { userlandProxy: false, iptables: true }],
  [['--userland-proxy=false', '--iptables=0'], null, { userlandProxy: false, iptables: false }],
  [['--iptables'], { iptables: false }, { userlandProxy: true, iptables: true }],
  [['--iptables=false', '--iptables=true'], null, { userlandProxy: true, iptables: true }],
  [[], { iptables: 'no' }, { userlandProxy: true, iptables: true }],
])('arguments %j and file %j mean %j', (args, file, meaning) => {
  expect(parse(args, file)).toEqual(meaning);
});

test('a file changed since the daemon began says nothing; arguments still do', () => {
  expect(parse(['--iptables=false'])).toEqual({ iptables: false });
});

test('a daemon nobody could look at tells nothing', () => {
  expect(parseDaemonSettings(undefined, () => {})).toEqual({});
});
