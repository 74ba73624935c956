import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { Snapshot } from '../../../src/model/snapshot.ts';
import { storySnapshot, withVethDown } from '../../support/story-graph.ts';
import { drive } from '../../support/ui-driver.ts';

const withoutLinks = (snapshot: Snapshot): Snapshot => ({
  ...snapshot,
  netns: snapshot.netns.map(({ links: _links, ...netns }) => netns),
  gaps: snapshot.netns.map((netns) => ({
    source: 'netlink',
    netns: netns.id,
    reason: 'forbidden' as const,
    detail: 'Operation not permitted',
    howToSee: 'run as root',
  })),
});

const overview = (snapshot: Snapshot): string => drive(buildGraph([snapshot])).text();

test('a host that was seen whole and is whole is called so', () => {
  expect(overview(storySnapshot())).toContain('✓ nothing wrong in the wiring');
});

test('a host whose links could not be read is never called well', () => {
  const text = overview(withoutLinks(storySnapshot()));
  expect(text).not.toContain('✓');
  expect(text).toContain('? nothing wrong in the wiring that could be seen');
  expect(text).toContain('? not read in 13 netns');
});

test('the same gap in many namespaces is told once, with the way to see it', () => {
  const text = overview(withoutLinks(storySnapshot()));
  expect(text.match(/netlink: forbidden/g)).toHaveLength(1);
  expect(text).toMatch(/netlink: forbidden in 13 netns Operation not permitted → run as root/);
});

test('what is broken is told in a sentence', () => {
  expect(overview(withVethDown(storySnapshot(), 3))).toMatch(/What is wrong \(\d+\)\n ✗ veth\w+ is down/);
});
