/** Handles of the rules of every netns with nft tables, read before the probe; only the chains that were seen are kept. */
import type { NetnsId } from '../../../model/ids.ts';
import { runCommand } from '../../run-command.ts';
import type { RuleEvent } from '../live-order.ts';
import type { Place } from './place-door.ts';
import { readHandles } from './rule-handles.ts';

const limits = { timeoutMs: 5000, maxBytes: 256 * 1024 * 1024 } as const;

/** The handles of the chains that occur in these events. */
export type HandleReader = (events: readonly RuleEvent[]) => Readonly<Record<string, readonly number[]>>;

export const readRuleHandles = async (nft: string | undefined, places: readonly Place[]): Promise<HandleReader> => {
  const known = new Map<NetnsId, ReadonlyMap<string, readonly number[]>>();
  if (nft !== undefined)
    await Promise.all(
      places.map(async ({ netns, fd }) => {
        const ran = await runCommand({ argv: [nft, '-j', 'list', 'ruleset'], netnsFd: fd, ...limits });
        if (ran.end === 'exited' && ran.exitCode === 0) known.set(netns, readHandles(ran.stdout));
      }),
    );
  return (events) => {
    const found: Record<string, readonly number[]> = {};
    for (const { netns, family, table, chain } of events) {
      const handles = known.get(netns)?.get(`${family} ${table} ${chain}`);
      if (handles !== undefined) found[`${netns} ${family} ${table} ${chain}`] = handles;
    }
    return found;
  };
};
