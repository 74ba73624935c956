/** `vethscope demo [STORY]`: the screen on a network built for playing, or on a recording of it. */
import { type BuiltDemo, buildDemo } from '../demo/build-demo.ts';
import { chooseDemo } from '../demo/choose-demo.ts';
import { enterDemo, INSIDE } from '../demo/enter-demo.ts';
import { WAYS } from '../demo/enter-node.ts';
import type { Story, Told } from '../demo/story.ts';
import type { Host } from '../host/host.ts';
import { openLocalHost } from '../host/local-host.ts';
import type { CommandInput, RunCommand } from './command.ts';
import { runScreen } from './run-screen.ts';
import { usageError } from './usage-error.ts';

/** This very program with `demo STORY` and the options it was given; Node's own flags come along. */
const again = (story: Story): readonly string[] => [
  process.execPath,
  ...process.execArgv,
  process.argv[1] ?? '',
  'demo',
  story.id,
  ...process.argv.slice(2).filter((word) => word.startsWith('-')),
];

const onLocalHost = async <T>(act: (host: Host) => Promise<T>): Promise<T> => {
  const host = await openLocalHost();
  try {
    return await act(host);
  } finally {
    await host.close();
  }
};

const isPrivileged = (): Promise<boolean> =>
  onLocalHost(async (host) => (await host.ask({ about: 'host' })).value?.privileged ?? false);

const announce = ({ io }: CommandInput, story: Told, where: string): void =>
  io.stderr.write(`demo: ${story.title} (${where}); try a trace from ${story.ask.from} to ${story.ask.to}\n`);

/** Several hosts are looked at as any machine elsewhere; where the demo keeps its stand-in for ssh comes first. */
const wayTo = ({ nodes }: BuiltDemo): readonly (readonly [string, readonly string[]])[] => {
  if (nodes.size === 0) return [];
  process.env['PATH'] = `${WAYS}/bin:${process.env['PATH'] ?? ''}`;
  return [['host', [...nodes.keys()].map((name) => `ssh://${name}`)]];
};

const showBuilt = async (input: CommandInput, story: Story): Promise<number> => {
  const built = await onLocalHost((host) => buildDemo(host, story, { node: process.execPath }));
  if ('error' in built) throw usageError(`demo: ${built.error}`);
  announce(input, story, 'real kernel objects in namespaces of their own, gone when you leave');
  try {
    return await runScreen({ ...input, words: [], values: new Map([...input.values, ...wayTo(built)]) });
  } finally {
    await built.close();
  }
};

export const runDemo: RunCommand = async (input) => {
  const inside = input.io.env[INSIDE] !== undefined;
  const choice = chooseDemo(input.words[0], { inside, privileged: inside || (await isPrivileged()) });
  switch (choice.kind) {
    case 'error':
      throw usageError(`demo: ${choice.message}`);
    case 'enter':
      return enterDemo(again(choice.story));
    case 'build':
      return showBuilt(input, choice.story);
    case 'recording':
      announce(input, choice.story, choice.why);
      return runScreen({ ...input, words: [], values: new Map([...input.values, ['recording', choice.paths]]) });
  }
};
