/** Makes src/demo/recordings anew: builds each story for real (root) and writes down everything a session asks of it. */
import { chmodSync, renameSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildDemo } from '../../src/demo/build-demo.ts';
import { enterDemo, INSIDE } from '../../src/demo/enter-demo.ts';
import { findStory, stories } from '../../src/demo/stories.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { hostId } from '../../src/model/ids.ts';
import { createSession } from '../../src/session.ts';

const folder = fileURLToPath(new URL('../../src/demo/recordings', import.meta.url));

/** Packets have been seen by then, neighbours are known, IPv6 addresses are no longer tentative. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 3000));

const recordHere = async (id: string): Promise<void> => {
  const story = findStory(id);
  if (story === undefined) throw new Error(`no story ${id}`);
  const host = await openLocalHost(hostId('demo'));
  const built = await buildDemo(host, story, { node: process.execPath });
  if ('error' in built) throw new Error(built.error);
  await settle();
  const fresh = `${folder}/.${id}.tar.gz`;
  const session = createSession([host], { containerFiles: true });
  await session.start({ follow: false });
  const recorded = await session.record(fresh, { redact: false });
  // A recording is private unless told otherwise; these ship.
  chmodSync(fresh, 0o644);
  renameSync(fresh, `${folder}/${id}.tar.gz`);
  process.stdout.write(`${id}: ${JSON.stringify(recorded)}\n`);
  await session.close();
  await built.engine.close();
};

const [id] = process.argv.slice(2);
if (process.env[INSIDE] !== undefined && id !== undefined) {
  await recordHere(id);
  process.exit(0);
}
for (const story of stories) await enterDemo([process.execPath, fileURLToPath(import.meta.url), story.id]);
