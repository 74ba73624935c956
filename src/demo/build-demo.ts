/** Builds a story's world inside the demo's own namespaces, and the engine that tells its names. */
import type { Host } from '../host/host.ts';
import type { Command } from '../model/change.ts';
import { breakCommands, buildCommands, startCommand } from './build-commands.ts';
import { engineAnswers } from './engine-answers.ts';
import { type ServedEngine, serveEngine } from './serve-engine.ts';
import type { Story } from './story.ts';

export const DEMO_ENGINE_SOCKET = '/run/docker.sock';

export interface BuildOptions {
  /** Path of the Node that runs this program; the demo's containers run it too. */
  readonly node: string;
}

export type Built = { readonly engine: ServedEngine } | { readonly error: string };

const has = async (host: Host, test: string): Promise<boolean> =>
  (await host.change({ argv: ['sh', '-c', test] })).exitCode === 0;

/**
 * Everything is made through `host.change`, so it shows in the command log. Call it only in the namespaces that
 * `enterDemo` has made: there is no taking back but their end.
 */
export const buildDemo = async (host: Host, story: Story, options: BuildOptions): Promise<Built> => {
  const rules = await has(host, 'command -v iptables-restore');
  if (story.needs.includes('iptables') && !rules)
    return { error: `${story.id}: no iptables-restore (install iptables)` };
  for (const command of buildCommands(story.world, { rules })) {
    const failed = await runOrError(host, command);
    if (failed !== undefined) return { error: `${story.id}: ${failed}` };
  }
  if (
    story.needs.includes('br_netfilter') &&
    !(await has(host, 'test -e /proc/sys/net/bridge/bridge-nf-call-iptables'))
  )
    return { error: `${story.id}: bridged packets do not see iptables here (modprobe br_netfilter)` };
  const pids = new Map<string, number>();
  await Promise.all(
    story.world.containers.map(async (container) => {
      const started = await host.change(startCommand(container, options.node));
      pids.set(container.name, Number(started.stdout.trim()));
    }),
  );
  for (const command of breakCommands(story.world)) {
    const failed = await runOrError(host, command);
    if (failed !== undefined) return { error: `${story.id}: ${failed}` };
  }
  return { engine: await serveEngine(DEMO_ENGINE_SOCKET, engineAnswers(story.world, pids)) };
};

const runOrError = async (host: Host, command: Command): Promise<string | undefined> => {
  const { exitCode, stderr } = await host.change(command);
  return exitCode === 0
    ? undefined
    : `${command.argv.join(' ')}: ${stderr.trim().split('\n')[0] ?? `exit ${exitCode}`}`;
};
