/** Reads the rule texts of one netns, each with the tool that tells it without loss. */
import type { Gap } from '../../model/gap.ts';
import type { Netns } from '../../model/netns.ts';
import type { RulesetText } from '../../model/ruleset-text.ts';
import type { RunOutcome } from '../run-command.ts';
import { chooseSaves, needsIpsets, needsNft, type SaveText } from './choose-saves.ts';
import { gapOfRun } from './gap-of-run.ts';
import { hooksAreSafeToAsk } from './hooks-are-safe.ts';
import { nameDevices, needsDevices } from './name-devices.ts';
import type { SaveCommands } from './save-commands.ts';

export type Texts = { -readonly [Text in Exclude<keyof RulesetText, 'present'>]?: string };

export interface WithGaps<T> {
  readonly value: T;
  readonly gaps: readonly Gap[];
}

export interface RuleVisit {
  readonly netns: Pick<Netns, 'id'>;
  readonly commands: SaveCommands;
  /** Runs a tool inside the netns. */
  readonly start: (argv: readonly string[]) => Promise<RunOutcome>;
}

const saveTools: Readonly<Record<SaveText, string>> = {
  iptablesNft: 'iptables-nft-save',
  ip6tablesNft: 'ip6tables-nft-save',
  iptablesLegacy: 'iptables-legacy-save',
  ip6tablesLegacy: 'ip6tables-legacy-save',
};

export async function readRuleTexts(visit: RuleVisit, present: RulesetText['present']): Promise<WithGaps<Texts>> {
  const { commands } = visit;
  const gaps: Gap[] = [];
  const texts: Texts = {};
  const read = async (text: keyof Texts, tool: string, argv: readonly string[] | undefined) => {
    const outcome: RunOutcome = argv === undefined ? { end: 'not-found', program: tool } : await visit.start(argv);
    if (outcome.end === 'exited' && outcome.exitCode === 0) texts[text] = outcome.stdout;
    else gaps.push(gapOfRun(tool, outcome, visit.netns.id));
  };
  for (const save of chooseSaves(present)) await read(save, saveTools[save], commands[save]);
  if (needsNft(present, texts)) await read('nft', 'nft', commands.nft && [...commands.nft, '-j', 'list', 'ruleset']);
  if (texts.nft !== undefined && commands.nft && needsDevices(texts.nft)) {
    // Where this fails, which links the chains are on stays open.
    const chains = await visit.start([...commands.nft, 'list', 'chains']);
    if (chains.end === 'exited' && chains.exitCode === 0) texts.nft = nameDevices(texts.nft, chains.stdout);
  }
  if (needsIpsets(texts)) await read('ipsets', 'ipset', commands.ipset && [...commands.ipset, 'save']);
  const hooks = texts.nft === undefined ? undefined : await tryHooks(visit);
  return { value: { ...texts, ...(hooks === undefined ? {} : { nftHooks: hooks }) }, gaps };
}

/** nft before 1.0.3 does not know the command, and some versions print text in spite of -j: no gap, only a doubt about equal priorities. */
async function tryHooks({ commands, start }: RuleVisit): Promise<string | undefined> {
  if (commands.nft === undefined || !(await hooksAreSafeToAsk())) return undefined;
  const outcome = await start([...commands.nft, '-j', 'list', 'hooks']);
  const text = outcome.end === 'exited' && outcome.exitCode === 0 ? outcome.stdout.trim() : '';
  return text.startsWith('{') && text.includes('"hook"') ? text : undefined;
}
