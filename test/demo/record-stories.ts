/** Makes src/demo/recordings anew: builds each story for real (root) and writes down everything a session asks of it. */
import { chmodSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildDemo } from '../../src/demo/build-demo.ts';
import { enterDemo, INSIDE } from '../../src/demo/enter-demo.ts';
import { onNode } from '../../src/demo/enter-node.ts';
import { findStory, stories } from '../../src/demo/stories.ts';
import type { Host } from '../../src/host/host.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { hostId } from '../../src/model/ids.ts';
import { createSession } from '../../src/session.ts';

const folder = fileURLToPath(new URL('../../src/demo/recordings', import.meta.url));

/** Packets have been seen by then, neighbours are known, IPv6 addresses are no longer tentative. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3000));

const self = fileURLToPath(import.meta.url);

const recordHere = async (host: Host, name: string): Promise<void> => {
  await settle();
  const fresh = `${folder}/.${name}.tar.gz`;
  const session = createSession([host], { containerFiles: true });
  await session.start({ follow: false });
  const recorded = await session.record(fresh, { redact: false });
  // A recording is private unless told otherwise; these ship.
  chmodSync(fresh, 0o644);
  renameSync(fresh, `${folder}/${name}.tar.gz`);
  process.stdout.write(`${name}: ${JSON.stringify(recorded)}\n`);
  await session.close();
};

const buildAndRecord = async (id: string): Promise<void> => {
  const story = findStory(id);
  if (story === undefined) throw new Error(`no story ${id}`);
  const host = await openLocalHost(hostId('demo'));
  const built = await buildDemo(host, story, { node: process.execPath });
  if ('error' in built) throw new Error(built.error);
  for (const [name, pid] of built.nodes) {
    // Each of several hosts is read from within, as by a program that runs there.
    const { exitCode, stdout, stderr } = await onNode(host, pid).change({
      argv: [process.execPath, self, NODE, name, `${id}-${name}`],
    });
    process.stdout.write(`${stdout}${stderr}`);
    if (exitCode !== 0) throw new Error(`${name}: exit ${exitCode}`);
  }
  if (built.nodes.size === 0) await recordHere(host, id);
  await host.close();
  await built.close();
};

const NODE = 'on-node';
const [id, ...words] = process.argv.slice(2);
if (id === NODE) {
  const [name = '', recording = ''] = words;
  await recordHere(await openLocalHost(hostId(name)), recording);
  process.exit(0);
}
if (process.env[INSIDE] !== undefined && id !== undefined) {
  await buildAndRecord(id);
  process.exit(0);
}
/** Only those named, or all. */
const wanted = id === undefined ? stories.map((story) => story.id) : [id, ...words];
for (const name of wanted) await enterDemo([process.execPath, self, name]);
