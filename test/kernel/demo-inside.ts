/** Builds a story of the demo in the namespaces it is started in, tries connections, and prints what came of them as JSON. */
import { execFile } from 'node:child_process';
import { buildDemo } from '../../src/demo/build-demo.ts';
import { enterDemo, INSIDE } from '../../src/demo/enter-demo.ts';
import { rootOf } from '../../src/demo/enter-node.ts';
import { findStory } from '../../src/demo/stories.ts';
import type { Story } from '../../src/demo/story.ts';
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

/** Where commands are run that an end sends: a netns by name, `host`, or one of several hosts. */
const enter = (story: Story, nodes: ReadonlyMap<string, number>, end: string): readonly string[] => {
  const home = story.hosts.find(({ world }) => world.containers.some(({ name }) => name === end))?.name ?? end;
  const pid = nodes.get(home);
  if (home === end && pid !== undefined) return ['nsenter', `--net=/proc/${pid}/ns/net`];
  return end === 'host' ? [] : ['nsenter', `--net=${pid === undefined ? '' : rootOf(pid)}/run/netns/${end}`];
};

/**
 * `api>172.31.0.3:5432` → whether a TCP connection from that netns gets an answer within two seconds;
 * `api>172.31.0.3~1472` → whether one of three pings with that many bytes, which nobody may cut in pieces, does.
 */
const connects = async (story: Story, nodes: ReadonlyMap<string, number>, probe: string): Promise<boolean> => {
  const [, end = '', address, kind, number] = /^(.+)>(.+)([:~])(\d+)$/.exec(probe) ?? [];
  const read = `read -r -t 2 line <>/dev/tcp/${address}/${number} && test "$line" = hello`;
  const ping = `ping -c 3 -i 0.3 -W 2 -M do -s ${number} ${address}`;
  const how = kind === ':' ? ['timeout', '2', 'bash', '-c', read] : ping.split(' ');
  return (await change({ argv: [...enter(story, nodes, end), ...how] })).exitCode === 0;
};

/** Each process of the story that listens, as its own netns reaches it. */
const listeners = ({ hosts }: Story): readonly string[] =>
  hosts.flatMap((host) =>
    host.world.containers.flatMap(({ name, netns, listens }) =>
      listens === undefined
        ? []
        : [`${netns !== 'host' ? name : hosts.length > 1 ? host.name : 'host'}>127.0.0.1:${listens.port}`],
    ),
  );

const [wanted = '', ...words] = process.argv.slice(2);
const probes = words.filter((word) => word !== 'wait');
if (process.env[INSIDE] === undefined) {
  process.exitCode = await enterDemo([process.execPath, ...process.argv.slice(1)]);
} else {
  const story = findStory(wanted);
  const built =
    story === undefined
      ? { error: `no story ${wanted}` }
      : await buildDemo({ change }, story, { node: process.execPath });
  const answers: Record<string, boolean> = {};
  if (story !== undefined && !('error' in built)) {
    for (const probe of listeners(story))
      for (let tries = 0; tries < 30 && !(await connects(story, built.nodes, probe)); tries += 1);
    for (const probe of probes) answers[probe] = await connects(story, built.nodes, probe);
  }
  process.stdout.write(`${JSON.stringify({ ...('error' in built ? { error: built.error } : {}), answers })}\n`);
  if (words.includes('wait')) setInterval(() => {}, 60_000);
  else process.exit(0);
}
