import { expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import { loadRecording } from '../../support/load-recording.ts';
import { drive } from '../../support/ui-driver.ts';

const xray = async (recording: string): Promise<string> =>
  drive(buildGraph([await loadRecording(recording)]), { columns: 120, rows: 60 })
    .press('x', '+')
    .text();

/** The rows from one root of the tree to the next. */
const below = (text: string, root: string): string => {
  const rows = text.split('\n');
  const from = rows.findIndex((row) => row.slice(1).startsWith(root));
  const rest = rows.slice(from + 1);
  const to = rest.findIndex((row) => !/^.[├└│ ]/.test(row));
  return rest.slice(0, to < 0 ? undefined : to).join('\n');
};

test('an overlay shows only the links that are on it, its tunnel and its load balancer', async () => {
  const text = await xray('tools-swarm-28-5-2-a.tar.gz');
  const mesh = below(text, '● mesh');
  expect(mesh).toContain('ov1');
  expect(mesh).toContain('10.99.0.11/24');
  expect(mesh).not.toContain('172.18.0.');
  expect(mesh).toMatch(/vxlan0 ● vxlan id 4097 +to 10\.77\.0\.12/);
  expect(mesh).toMatch(/veth0 +⇄ lb_sboh34q0c\/eth0/);
});

test('who is on a bridge only to get out is shown there, though the engine lists nobody', async () => {
  const gateway = below(await xray('tools-swarm-28-5-2-a.tar.gz'), '● docker_gwbridge');
  expect(gateway).toMatch(/ov1[\s\S]*172\.18\.0\.3\/16/);
  expect(gateway).toContain('ingress_sbox/eth1');
});

test('a bridge of no network has its containers below it', async () => {
  const text = await xray('tools-pipework-a.tar.gz');
  expect(below(text, '● br1  bridge of no network')).toMatch(/pw1[\s\S]*192\.168\.1\.1\/24[\s\S]*pw2[\s\S]*pw2link/);
  expect(below(text, '● bridge  bridge  docker0')).not.toContain('192.168.1.');
});

test('an Open vSwitch tells its tunnels', async () => {
  expect(await xray('open-vswitch')).toMatch(
    /ovs0 {2}Open vSwitch of no network {2}192\.168\.50\.254\/24 {2}vx0 vxlan/,
  );
});

test('links a kernel module puts into every netns are left out while nobody uses them', async () => {
  const text = await xray('tools-ipvlan-a.tar.gz');
  expect(text).toContain('on eth0');
  expect(text).not.toContain('gre0');
});
