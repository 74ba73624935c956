import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { buildWorld } from '../../src/trace/build-world.ts';
import { chooseAddress } from '../../src/trace/endpoints/choose-address.ts';
import { matrixEnds, traceMatrix } from '../../src/trace/trace-matrix.ts';
import { firstPacket, startInside, traceStart } from '../../src/trace/trace-packet.ts';
import { containerHost } from '../oracle/container-host.ts';
import { loadRecording } from '../support/load-recording.ts';

/** Every pair on its own, without any thought of twins. */
const oneByOne = (graph: Graph, port: number | undefined): readonly string[] => {
  const world = buildWorld(graph);
  const ends = matrixEnds(graph);
  return ends.flatMap((from) =>
    ends
      .filter((to) => to !== from)
      .map((to) => {
        const address = chooseAddress(world, from, to);
        if (typeof address !== 'string') return `${from.name} ${to.name} no-route`;
        const packet = firstPacket({ ...to, ...(port !== undefined && { port }) }, address);
        const trace = traceStart(world, { from: from.name, to: to.name }, startInside(world, from.netns!, packet));
        return `${from.name} ${to.name} ${trace.outcome}`;
      }),
  );
};

const asMatrix = (graph: Graph, port: number | undefined): readonly string[] =>
  [...traceMatrix(graph, port === undefined ? {} : { port })].map(
    ({ from, to, outcome }) => `${from.name} ${to.name} ${outcome}`,
  );

describe('a matrix says the same as tracing every pair', () => {
  test.each([
    ['docker-28-standard', 80],
    ['docker-28-standard', undefined],
    ['docker-28-noproxy', 8080],
    ['docker-26-standard', 80],
    ['docker-20-legacy', 80],
  ] as const)('on %s, port %s', async (name, port) => {
    const graph = buildGraph([await loadRecording(name)]);
    expect(asMatrix(graph, port)).toEqual(oneByOne(graph, port));
  });

  test.each([80, 10_003, 22, undefined])('with 12 like containers, port %s', (port) => {
    const graph = buildGraph([containerHost(12)]);
    expect(asMatrix(graph, port)).toEqual(oneByOne(graph, port));
  });
});

/** The rules of the host with some lines put in. */
const withRules = (change: (rules: string) => string): Graph => {
  const snapshot = containerHost(6);
  const [host, ...others] = snapshot.netns;
  const text = change(host!.ruleset!.iptablesNft!);
  return buildGraph([
    { ...snapshot, netns: [{ ...host!, ruleset: { ...host!.ruleset!, iptablesNft: text } }, ...others] },
  ]);
};

const insertBefore = (marker: string, lines: readonly string[]) => (rules: string) =>
  rules.replace(marker, `${lines.join('\n')}\n${marker}`);

describe('rules that single a container out keep it apart from its twins', () => {
  const forward = '-A FORWARD -j DOCKER-USER';
  test.each([
    ['a drop of one source', ['-A FORWARD -s 172.17.0.4/32 -j DROP']],
    [
      'a drop between two accepts',
      [
        '-A FORWARD -s 172.17.0.2/32 -j ACCEPT',
        '-A FORWARD -d 172.17.0.5/32 -j DROP',
        '-A FORWARD -s 172.17.0.3/32 -j ACCEPT',
      ],
    ],
    ['a network that holds some', ['-A FORWARD -d 172.17.0.0/30 -j DROP']],
    ['a range', ['-A FORWARD -m iprange --dst-range 172.17.0.3-172.17.0.4 -j DROP']],
    ['a pair', ['-A FORWARD -s 172.17.0.2/32 -d 172.17.0.6/32 -j DROP']],
    ['a bridge port by its name', ['-A FORWARD -m physdev --physdev-in veth3 -j DROP']],
    [
      'bridge ports by the start of their names',
      ['-A FORWARD -m physdev --physdev-in veth+ -m physdev ! --physdev-in veth2+ -j DROP'],
    ],
  ])('%s', (_, lines) => {
    const graph = withRules(insertBefore(forward, lines));
    expect(asMatrix(graph, 80)).toEqual(oneByOne(graph, 80));
  });

  test('two published containers on one port: only the first is translated to', () => {
    const lines = ['172.17.0.2', '172.17.0.3'].map(
      (address) => `-A DOCKER -p tcp -m tcp --dport 80 -j DNAT --to-destination ${address}:80`,
    );
    const graph = withRules(insertBefore('-A PREROUTING -m addrtype', lines));
    expect(asMatrix(graph, 80)).toEqual(oneByOne(graph, 80));
  });
});

test('pairs say how many are done, and which pair an answer was taken from', () => {
  const pairs = [...traceMatrix(buildGraph([containerHost(4)]), { port: 80 })];
  expect(pairs.map((pair) => pair.done)).toEqual(pairs.map((_, n) => n + 1));
  expect(pairs.every((pair) => pair.total === pairs.length)).toBe(true);
  const taken = pairs.filter((pair) => pair.like !== undefined);
  expect(taken.length).toBeGreaterThan(5);
  expect(taken.every((pair) => pair.address !== undefined)).toBe(true);
});
