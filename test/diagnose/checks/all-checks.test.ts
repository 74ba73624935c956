/** What every check owes its reader, whoever writes it: a place in the list, words, references, and tests both ways. */
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { allChecks } from '../../../src/diagnose/checks/all-checks.ts';
import { knownFailures } from '../known-failures.ts';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const names = (path: string) => readdirSync(folder(path));

test('every file of the folder is in the list, once', () => {
  const files = names('../../../src/diagnose/checks')
    .filter((name) => name !== 'all-checks.ts')
    .map((name) => name.replace(/\.ts$/, ''));
  expect(allChecks.map((check) => check.id).sort()).toEqual(files.sort());
});

describe.each(allChecks.map((check) => [check.id, check] as const))('%s', (id, check) => {
  test('says what goes wrong, what looks alike, and where to read on', () => {
    expect(id).toMatch(/^[a-z0-9]+(-[a-z0-9]+)+$/);
    expect(check.about.length).toBeGreaterThan(80);
    expect(check.not.length).toBeGreaterThan(0);
    expect(check.references.length).toBeGreaterThan(0);
  });

  test('hides only checks that exist, and not itself', () => {
    if (check.hides === undefined) return;
    const ids = allChecks.map((one) => one.id);
    for (const other of check.hides) expect(ids).toContain(other);
    expect(check.hides).not.toContain(id);
  });

  test('is tested both ways: what it finds, and look-alikes', () => {
    const text = readFileSync(folder(`./${id}.test.ts`), 'utf8');
    expect(text).toMatch(/^test(Hosts)?Check\(/m);
    const [finds, ignores] = text.split(/\n {2}ignores: \{/);
    expect(finds!.match(/\((draft|\{[^})]*\})?\) =>/g)?.length ?? 0).toBeGreaterThan(0);
    expect(ignores?.match(/\((draft|\{[^})]*\})?\) =>/g)?.length ?? 0).toBeGreaterThanOrEqual(
      Math.min(2, check.not.length),
    );
  });
});

const ids = new Set(allChecks.map((check) => check.id));
const named = knownFailures.flatMap((one) => ('checks' in one ? one.checks : []));

/** Checks for what the list does not have: dangers, and faults somebody makes by hand. */
const beyondTheList = new Set([
  'arp-filtered',
  'container-address-wrong',
  'container-without-network',
  'engine-api-exposed',
  'host-gateway-unanswered',
  'hosts-file-misleads',
  'hosts-masqueraded',
  'hosts-subnet-overlap',
  'ipv6-forwarding-disabled',
  'link-without-arp',
  'local-route-missing',
  'loopback-down',
  'masquerade-shadowed',
  'netem-on-link',
  'packets-lost-on-link',
  'published-port-not-accepted',
  'rule-drops-packets',
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
