/** The list of known failures stays true: what it names exists, and every check is there for something. */
import { expect, test } from 'vitest';
import { allChecks } from '../../src/diagnose/checks/all-checks.ts';
import { knownFailures } from './known-failures.ts';

const ids = new Set(allChecks.map((check) => check.id));
const named = knownFailures.flatMap((one) => ('checks' in one ? one.checks : []));

/** Checks for what the list does not have: dangers, and faults somebody makes by hand. */
const beyondTheList = new Set([
  'container-address-wrong',
  'engine-api-exposed',
  'hosts-masqueraded',
  'hosts-subnet-overlap',
  'ipv6-forwarding-disabled',
  'link-without-arp',
  'loopback-down',
  'netem-on-link',
  'packets-lost-on-link',
  'published-port-not-accepted',
  'uplink-down',
  'veth-mtu-mismatch',
]);

test('each failure is listed once, with checks that exist', () => {
  const failures = knownFailures.map(({ failure }) => failure);
  expect(new Set(failures).size).toBe(failures.length);
  expect(failures.length).toBeGreaterThanOrEqual(97);
  expect(named.filter((id) => !ids.has(id))).toEqual([]);
});

test('every check is named by a failure, or is known to go beyond the list', () => {
  expect([...ids].filter((id) => !named.includes(id) && !beyondTheList.has(id))).toEqual([]);
});

test('what is left undecided says why', () => {
  for (const one of knownFailures) if ('undecided' in one) expect(one.undecided.length).toBeGreaterThan(30);
});
