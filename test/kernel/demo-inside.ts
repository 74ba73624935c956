/** Builds a story of the demo in the namespaces it is started in, tries connections, and prints what came of them as JSON. */
import { execFile } from 'node:child_process';
import { buildDemo } from '../../src/demo/build-demo.ts';
import { enterDemo, INSIDE } from '../../src/demo/enter-demo.ts';
import { findStory } from '../../src/demo/stories.ts';
import type { Story } from '../../src/demo/story.ts';
import type { Host } from '../../src/host/host.ts';
import type { Command, CommandResult } from '../../src/model/change.ts';

const change = (command: Command): Promise<CommandResult> =>
  new Promise((resolve) => {
    const [tool = '', ...args] = command.argv;
    const child = execFile(tool, args, (error, stdout, stderr) => {
      const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : 127;
      resolve({ command, exitCode, stdout, stderr, durationMs: 0 });
    });
    child.stdin?.on('error', () => {});
    child.stdin?.end(command.stdin ?? '');
  });

/** `api>172.31.0.3:5432` → whether a TCP connection from that netns gets an answer within two seconds. */
const connects = async (probe: string): Promise<boolean> => {
  const [, netns, address, port] = /^(.+)>(.+):(\d+)$/.exec(probe) ?? [];
  const enter = netns === 'host' ? [] : ['nsenter', `--net=/run/netns/${netns}`];
  const read = `read -r -t 2 line <>/dev/tcp/${address}/${port} && test "$line" = hello`;
  return (await change({ argv: [...enter, 'timeout', '2', 'bash', '-c', read] })).exitCode === 0;
};

/** Each process of the story that listens, as its own netns reaches it. */
const listeners = (story: Story | undefined): readonly string[] =>
  (story?.world.containers ?? []).flatMap(({ name, netns, listens }) =>
    listens === undefined ? [] : [`${netns === 'host' ? 'host' : name}>127.0.0.1:${listens.port}`],
  );

const [story = '', ...words] = process.argv.slice(2);
const probes = words.filter((word) => word !== 'wait');
if (process.env[INSIDE] === undefined) {
  process.exitCode = await enterDemo([process.execPath, ...process.argv.slice(1)]);
} else {
  const found = findStory(story);
  const built =
    found === undefined
      ? { error: `no story ${story}` }
      : await buildDemo({ change } as Host, found, { node: process.execPath });
  const answers: Record<string, boolean> = {};
  if (!('error' in built)) {
    for (const probe of listeners(found)) for (let tries = 0; tries < 30 && !(await connects(probe)); tries += 1);
    for (const probe of probes) answers[probe] = await connects(probe);
  }
  process.stdout.write(`${JSON.stringify({ ...('error' in built ? built : {}), answers })}\n`);
  if (words.includes('wait')) setInterval(() => {}, 60_000);
  else process.exit(0);
}
