import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { expectFile } from '../../support/expect-file.ts';
import { loadRecording } from '../../support/load-recording.ts';
import { drive } from '../../support/ui-driver.ts';

const demo = (name: string): string =>
  fileURLToPath(new URL(`../../../src/demo/recordings/${name}.tar.gz`, import.meta.url));

const mapOf = async (recordings: readonly string[]): Promise<string> => {
  const graph = buildGraph(await Promise.all(recordings.map((one) => loadRecording(one))));
  return drive(graph, { columns: 120, rows: 40 }).press('4').text();
};

const WIRINGS: readonly (readonly [name: string, recordings: readonly string[]])[] = [
  ['pipework', [demo('pipework')]],
  ['flannel', [demo('overlay-entry-node-a'), demo('overlay-entry-node-b')]],
  ['calico', [demo('bgp-lost-node-a'), demo('bgp-lost-node-b')]],
  ['swarm', ['tools-swarm-28-5-2-a.tar.gz']],
  ['vlan', ['tools-macvlan-vlan-a.tar.gz']],
  ['open-vswitch', ['open-vswitch']],
];

describe('the map', () => {
  test.each(WIRINGS)('draws what %s has wired', async (name, recordings) => {
    expectFile(`screen/120x40-map-${name}.txt`, `${await mapOf(recordings)}\n`);
  });

  test('says where a tunnel leads, and that nobody in the picture is there', async () => {
    const map = await mapOf([demo('overlay-entry-node-a'), demo('overlay-entry-node-b')]);
    expect(map).toMatch(/flannel\.1 +10\.244\.1\.0 +to 10\.99\.0\.13 \(no host here\) +flannel/);
    expect(map).toMatch(/flannel\.1 +10\.244\.2\.0 +to 10\.99\.0\.11 \(node-a\) +flannel/);
  });

  test('names no host as the end of a tunnel when only one is in the picture', async () => {
    expect(await mapOf([demo('overlay-entry-node-a')])).toMatch(/to 10\.99\.0\.13 +flannel/);
  });

  test('does not call links that could not be read missing', async () => {
    const map = await mapOf([demo('bgp-lost-node-a')]);
    expect(map).toContain('its links could not be read');
    expect(map).not.toContain('not connected');
  });
});
