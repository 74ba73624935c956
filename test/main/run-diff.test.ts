import { expect, test } from 'vitest';
import { diffSchema } from '../../src/report/schemas/diff-schema.ts';
import { runMain } from '../support/run-main.ts';

const demo = (name: string): string => `src/demo/recordings/${name}.tar.gz`;
const recording = (name: string): string => `test/recordings/${name}`;

test('a picture does not differ from itself', async () => {
  const ran = await runMain(['diff', recording('docker-28-standard'), recording('docker-28-standard')]);
  expect([ran.code, ran.stdout]).toEqual([0, 'nothing changed\n']);
});

test('a rule that was added is named with its place, though every link was made anew meanwhile', async () => {
  const ran = await runMain(['diff', demo('healthy'), demo('rule-drop')]);
  expect(ran.code).toBe(1);
  expect(ran.stdout).toContain(
    '+ rule ip filter DOCKER-USER in host: rule 1: -A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP\n',
  );
  expect(ran.stdout).not.toMatch(/conntrack_count|br-[0-9a-f]{12}|fe80:/);
});

test('a veth that went down is called by the container behind it', async () => {
  const ran = await runMain(['diff', demo('healthy'), demo('veth-down')]);
  expect(ran.stdout).toContain('~ link the other end of db/eth0 in host: state up is now down\n');
  expect(ran.stdout).not.toContain('route');
});

test('the same engine with and without its proxy differs in what that means, and not in made-up names', async () => {
  const ran = await runMain(['diff', recording('docker-28-noproxy'), recording('docker-28-standard')]);
  expect(ran.stdout).toContain('~ port 0.0.0.0:8080/tcp: held by reservation is now proxy\n');
  expect(ran.stdout).toContain('~ link the other end of web1/eth0 in host: hairpin true is now false\n');
  expect(ran.stdout).not.toMatch(/\bbr-[0-9a-f]{12}\b|\bveth[0-9a-f]{7}\b/);
});

test('the document fits its schema and says which picture is which', async () => {
  const ran = await runMain(['diff', demo('healthy'), demo('rule-drop'), '--json']);
  const document = diffSchema.parse(JSON.parse(ran.stdout));
  expect([document.a.source, document.b.source]).toEqual([demo('healthy'), demo('rule-drop')]);
  expect(document.differences).toContainEqual({
    change: 'added',
    kind: 'rule',
    netns: 'host',
    subject: 'ip filter DOCKER-USER',
    text: 'rule 1: -A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP',
    after: '-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP',
  });
});

test('what is no recording is a mistake in the command', async () => {
  const ran = await runMain(['diff', '/nowhere', demo('healthy')]);
  expect([ran.code, ran.stderr]).toEqual([2, expect.stringContaining('/nowhere')]);
});
