/** A change's command as a person can type it: the way into its netns in front, every word quoted as a shell needs it. */
import type { Command } from './change.ts';
import type { Netns } from './netns.ts';
import { netnsPath } from './netns-path.ts';

/** What of a graph is needed to find the way into a netns. */
export interface NetnsFinder {
  readonly netns: ReadonlyMap<string, { readonly facts: Pick<Netns, 'holders' | 'isHost'> }>;
}

/** argv to be run on the host itself. A netns nobody can enter keeps its id, so that the line fails instead of hitting another one. */
export const runnableArgv = ({ argv, netns }: Command, graph: NetnsFinder): string[] => {
  if (netns === undefined) return [...argv];
  const facts = graph.netns.get(netns)?.facts;
  if (facts?.isHost === true) return [...argv];
  const path = facts === undefined ? undefined : netnsPath(facts);
  return ['nsenter', `--net=${path ?? netns}`, ...argv];
};

const quote = (word: string): string =>
  /^[A-Za-z0-9_@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;

export const formatArgv = (argv: readonly string[]): string => argv.map(quote).join(' ');
