import { describe, expect, test } from 'vitest';
import { chooseDemo } from '../../src/demo/choose-demo.ts';
import { recordedStories } from '../../src/demo/recorded-stories.ts';
import { stories } from '../../src/demo/stories.ts';

describe('the demo', () => {
  test('tells of a healthy network unless a story is asked for', () => {
    expect(chooseDemo(undefined, { privileged: true, inside: false })).toMatchObject({
      kind: 'enter',
      story: { id: 'healthy' },
    });
    expect(chooseDemo('veth-down', { privileged: true, inside: false })).toMatchObject({ story: { id: 'veth-down' } });
  });

  test('builds only inside namespaces of its own', () => {
    expect(chooseDemo('healthy', { privileged: true, inside: true }).kind).toBe('build');
    expect(chooseDemo('healthy', { privileged: true, inside: false }).kind).toBe('enter');
  });

  test('shows a recording where it may not build', () => {
    const choice = chooseDemo('icc-off', { privileged: false, inside: false });
    expect(choice).toMatchObject({
      kind: 'recording',
      paths: [expect.stringMatching(/\/recordings\/icc-off\.tar\.gz$/)],
    });
  });

  test('shows a recording of each host of a story that plays on several', () => {
    const choice = chooseDemo('bgp-lost', { privileged: false, inside: false });
    expect(choice).toMatchObject({
      paths: [expect.stringMatching(/bgp-lost-node-a\.tar\.gz$/), expect.stringMatching(/bgp-lost-node-b\.tar\.gz$/)],
    });
  });

  test('shows what no machine could build as a recording, also to root', () => {
    const choice = chooseDemo('swarm', { privileged: true, inside: false });
    expect(choice).toMatchObject({
      kind: 'recording',
      paths: [expect.stringMatching(/swarm-node-a\.tar\.gz$/), expect.stringMatching(/swarm-node-b\.tar\.gz$/)],
      why: expect.stringContaining('a recording of real hosts'),
    });
  });

  test('names the stories there are when asked for another', () => {
    const choice = chooseDemo('nonsense', { privileged: true, inside: false });
    expect(
      choice.kind === 'error' && [...stories, ...recordedStories].every((story) => choice.message.includes(story.id)),
    ).toBe(true);
  });
});
