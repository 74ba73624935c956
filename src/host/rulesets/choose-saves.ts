/** Which rule texts a netns needs, judged by the tables the kernel says it has: a tool is only started where it has something to print. */
import type { RulesetText } from '../../model/ruleset-text.ts';

export type SaveText = 'iptablesNft' | 'ip6tablesNft' | 'iptablesLegacy' | 'ip6tablesLegacy';

/** Tables iptables-nft makes. A table of this name in nft's own syntax may hide behind it: see `needsNft`. */
const iptablesTables = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);

export function chooseSaves(present: RulesetText['present']): readonly SaveText[] {
  const has = (family: string) =>
    present.nftTables.some((table) => table.family === family && iptablesTables.has(table.name));
  const saves: readonly (readonly [SaveText, boolean])[] = [
    ['iptablesNft', has('ip')],
    ['ip6tablesNft', has('ip6')],
    ['iptablesLegacy', present.legacyTables.length > 0],
    ['ip6tablesLegacy', present.legacyTables6.length > 0],
  ];
  return saves.filter(([, wanted]) => wanted).map(([save]) => save);
}

/**
 * nft must be asked when some table is not wholly told by the save texts: tables of nft itself, and tables that iptables-nft refuses as
 * "incompatible" because somebody put native rules into them.
 */
export function needsNft(present: RulesetText['present'], texts: { readonly [Save in SaveText]?: string }): boolean {
  return present.nftTables.some(({ family, name, isForeign }) => {
    if (isForeign === true) return true;
    const text = family === 'ip' ? texts.iptablesNft : family === 'ip6' ? texts.ip6tablesNft : undefined;
    const word = escapeForRegExp(name);
    // Of a refused table some versions still print empty built-in chains.
    return (
      text === undefined ||
      !new RegExp(`^\\*${word}$`, 'm').test(text) ||
      new RegExp(`^# Table [\`']${word}['\`] .*incompatible`, 'm').test(text)
    );
  });
}

/** Whether a rule refers to an ipset. */
export function needsIpsets(texts: { readonly [Save in SaveText]?: string }): boolean {
  return Object.values(texts).some((text) => /--match-set |-j SET /.test(text ?? ''));
}

function escapeForRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
