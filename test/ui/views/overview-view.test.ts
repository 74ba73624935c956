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

/** As when no check found anything. */
const looked = (snapshot: Snapshot): string => {
  const graph = buildGraph([snapshot]);
  return drive(graph)
    .send({ kind: 'diagnosis', graph, diagnosis: { findings: [], folded: [], gaps: [] } })
    .text();
};

test('a host that was seen whole and is whole is called so', () => {
  const text = overview(storySnapshot());
  expect(text).toContain('looking for what is wrong…');
  expect(text).not.toContain('✓');
  expect(looked(storySnapshot())).toContain('✓ nothing wrong was found');
});

test('a host whose links could not be read is never called well', () => {
  const text = looked(withoutLinks(storySnapshot()));
  expect(text).not.toContain('✓');
  expect(text).toContain('? nothing wrong was found in what could be seen');
  expect(text).toContain('? not read in 13 netns');
});

test('the same gap in many namespaces is told once, with the way to see it', () => {
  const text = looked(withoutLinks(storySnapshot()));
  expect(text.match(/netlink: forbidden/g)).toHaveLength(1);
  expect(text).toMatch(/netlink: forbidden in 13 netns Operation not permitted → run as root/);
});

test('what is broken is told in a sentence', () => {
  expect(overview(withVethDown(storySnapshot(), 3))).toMatch(/What is wrong \(\d+\)\n ✗ veth\w+ is down/);
});
