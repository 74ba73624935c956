/** Adds to each netns the texts of its rules, read by the tools inside it; unchanged nft tables are not read twice. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { RulesetText } from '../../model/ruleset-text.ts';
import { limitConcurrency } from '../../std/limit-concurrency.ts';
import { openNetns } from '../netns-door.ts';
import { type RunOutcome, runCommand } from '../run-command.ts';
import { readRuleTexts, type Texts, type WithGaps } from './read-rule-texts.ts';
import { findSaveCommands, type SaveCommands } from './save-commands.ts';

export interface RulesetReaderOptions {
  readonly tools: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called for every tool that was run. */
  readonly ran: (argv: readonly string[], netns: Netns, durationMs: number, outcome: RunOutcome) => void;
}

interface Cached {
  readonly generation: number;
  readonly texts: Texts;
  /** performance.now() when it was read. */
  readonly at: number;
}

/** Rules stay, their counters do not: whoever asks about the host again some time later wants to see what was counted. */
const countersStayMs = 900;

const isFresh = ({ at }: Cached, { isHost }: Netns): boolean => !isHost || performance.now() - at < countersStayMs;

const limits = {
  /** Tools at work at once: more would take the processor from the containers. */
  concurrency: 4,
  /** 5,000 rules take a quarter of a second; a host that needs longer is in trouble of its own. */
  timeoutMs: 10_000,
  maxBytes: 64 * 1024 * 1024,
} as const;

export interface RulesetReader {
  readonly addTexts: (netns: readonly Netns[]) => Promise<WithGaps<readonly Netns[]>>;
}

export function createRulesetReader(options: RulesetReaderOptions): RulesetReader {
  const commands = findSaveCommands(options.tools);
  const cache = new Map<NetnsId, Cached>();
  const addTexts = async (list: readonly Netns[]) => {
    const read = await limitConcurrency(list, limits.concurrency, (netns) =>
      readTexts(netns, commands, cache, options),
    );
    return { value: read.map(({ value }) => value), gaps: read.flatMap(({ gaps }) => gaps) };
  };
  return { addTexts };
}

async function readTexts(
  netns: Netns,
  commands: SaveCommands,
  cache: Map<NetnsId, Cached>,
  options: RulesetReaderOptions,
): Promise<WithGaps<Netns>> {
  const present = netns.ruleset?.present;
  if (present === undefined || isEmpty(present)) return { value: netns, gaps: [] };
  const withTexts = (texts: Texts, gaps: readonly Gap[] = []) => ({
    value: { ...netns, ruleset: { ...texts, present } },
    gaps,
  });
  // Legacy tables have no generation: they are read every time.
  const generation = present.legacyTables.length + present.legacyTables6.length > 0 ? undefined : present.nftGeneration;
  const cached = cache.get(netns.id);
  if (cached !== undefined && cached.generation === generation && isFresh(cached, netns))
    return withTexts(cached.texts);
  const door = await openNetns(netns);
  if (door === undefined) return withTexts({}, [cannotEnter(netns)]);
  try {
    const { value: texts, gaps } = await readRuleTexts(
      { netns, commands, start: (argv) => start(argv, netns, door.fd, options) },
      present,
    );
    if (generation !== undefined && gaps.length === 0)
      cache.set(netns.id, { generation, texts, at: performance.now() });
    return withTexts(texts, gaps);
  } finally {
    await door.close();
  }
}

async function start(
  argv: readonly string[],
  netns: Netns,
  netnsFd: number,
  options: RulesetReaderOptions,
): Promise<RunOutcome> {
  const began = performance.now();
  const { timeoutMs, maxBytes } = limits;
  const outcome = await runCommand({ argv, netnsFd, timeoutMs, maxBytes, signal: options.signal });
  options.ran(argv, netns, performance.now() - began, outcome);
  return outcome;
}

function isEmpty(present: RulesetText['present']): boolean {
  return present.nftTables.length + present.legacyTables.length + present.legacyTables6.length === 0;
}

function cannotEnter(netns: Netns): Gap {
  return {
    source: 'ruleset',
    netns: netns.id,
    reason: 'vanished',
    detail: 'nothing leads into this netns any more, so its rules could not be read',
  };
}
