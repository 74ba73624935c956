/** Builds a story's hosts inside the demo's own namespaces, and the engines that tell their names. */
import type { Host } from '../host/host.ts';
import type { Command } from '../model/change.ts';
import { breakCommands, buildCommands, startCommand } from './build-commands.ts';
import { engineAnswers } from './engine-answers.ts';
import { onNode, plugCommand, rootOf, startNodeCommand, wayCommand, wireCommand } from './enter-node.ts';
import { serveEngine } from './serve-engine.ts';
import type { DemoHost, Story } from './story.ts';

export const DEMO_ENGINE_SOCKET = '/run/docker.sock';

export interface BuildOptions {
  /** Path of the Node that runs this program; the demo's containers run it too. */
  readonly node: string;
}

export interface BuiltDemo {
  /** Process 1 of each host by name; none where the demo's own namespaces are the host. */
  readonly nodes: ReadonlyMap<string, number>;
  /** Ends the engines. */
  close(): Promise<void>;
}

export type Built = BuiltDemo | { readonly error: string };

type Changing = Pick<Host, 'change'>;

/** Its message is for the user. */
const failed = ({ argv }: Command, said: string): Error => new Error(`${argv.join(' ').slice(0, 200)}: ${said}`);

const run = async (host: Changing, command: Command): Promise<string> => {
  const { exitCode, stdout, stderr } = await host.change(command);
  if (exitCode !== 0) throw failed(command, stderr.trim().split('\n')[0] || `exit ${exitCode}`);
  return stdout.trim();
};

const runAll = async (host: Changing, commands: readonly Command[]): Promise<void> => {
  for (const command of commands) await run(host, command);
};

const has = async (host: Changing, test: string): Promise<boolean> =>
  (await host.change({ argv: ['sh', '-c', test] })).exitCode === 0;

/** What is missing here that the story cannot do without. */
const checkNeeds = async (host: Changing, { needs }: Story): Promise<void> => {
  if (needs.includes('iptables') && !(await has(host, 'command -v iptables-restore')))
    throw new Error('no iptables-restore (install iptables)');
};

const buildHost = async (
  host: Changing,
  demo: DemoHost,
  story: Story,
  options: BuildOptions,
): Promise<ReadonlyMap<string, unknown>> => {
  const rules = await has(host, 'command -v iptables-restore');
  const onWire = story.hosts.length > 1;
  await runAll(host, buildCommands(demo, { rules, onWire }));
  if (
    story.needs.includes('br_netfilter') &&
    !(await has(host, 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables'))
  )
    throw new Error('bridged packets do not see iptables here (modprobe br_netfilter)');
  const pids = new Map<string, number>();
  await Promise.all(
    demo.world.containers.map(async (container) => {
      pids.set(container.name, Number(await run(host, startCommand(container, options.node))));
    }),
  );
  await runAll(host, demo.world.byHand?.((name) => pids.get(name) ?? 0) ?? []);
  await runAll(host, breakCommands(demo.world));
  return engineAnswers(demo.world, pids);
};

/** Each host in namespaces of its own, on one wire. */
const startNodes = async (host: Changing, { hosts }: Story): Promise<ReadonlyMap<string, number>> => {
  await run(host, wireCommand);
  const nodes = new Map<string, number>();
  for (const one of hosts) {
    const pid = Number(await run(host, startNodeCommand(one)));
    await run(host, plugCommand(one, pid));
    nodes.set(one.name, pid);
  }
  await run(host, wayCommand(nodes));
  return nodes;
};

/**
 * Everything is made through `host.change`, so it shows in the command log. Call it only in the namespaces that
 * `enterDemo` has made: there is no taking back but their end.
 */
export const buildDemo = async (host: Changing, story: Story, options: BuildOptions): Promise<Built> => {
  try {
    await checkNeeds(host, story);
    const nodes = story.hosts.length > 1 ? await startNodes(host, story) : new Map<string, number>();
    const engines = await Promise.all(
      story.hosts.map(async (one) => {
        const pid = nodes.get(one.name);
        const place = pid === undefined ? host : onNode(host, pid);
        const answers = await buildHost(place, one, story, options);
        return serveEngine(`${pid === undefined ? '' : rootOf(pid)}${DEMO_ENGINE_SOCKET}`, answers);
      }),
    );
    return {
      nodes,
      close: async () => {
        await Promise.all(engines.map((engine) => engine.close()));
      },
    };
  } catch (error) {
    return { error: `${story.id}: ${error instanceof Error ? error.message : error}` };
  }
};
