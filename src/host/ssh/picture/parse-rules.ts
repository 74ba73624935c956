/** Which tables a netns of the other machine has, and their texts. */
import type { Gap } from '../../../model/gap.ts';
import type { RulesetText } from '../../../model/ruleset-text.ts';
import type { Frame } from '../frames.ts';
import type { NetnsBodies } from './parse-sockets.ts';

const textNames = [
  'iptablesNft',
  'ip6tablesNft',
  'iptablesLegacy',
  'ip6tablesLegacy',
  'nft',
  'nftHooks',
  'ipsets',
] as const;

const toolOf: Readonly<Record<string, string>> = {
  iptablesNft: 'iptables-nft-save',
  ip6tablesNft: 'ip6tables-nft-save',
  iptablesLegacy: 'iptables-legacy-save',
  ip6tablesLegacy: 'ip6tables-legacy-save',
};

const namesIn = (text: string | undefined): readonly string[] => (text ?? '').split('\n').filter((name) => name !== '');

/** The words of a head: `present filter nat`. */
const wordsOf = (bodies: NetnsBodies, head: string): readonly string[] =>
  [...bodies.keys()]
    .map((name) => name.split(' '))
    .find(([first]) => first === head)
    ?.slice(1) ?? [];

type Found = Omit<Gap, 'netns'>;

export interface ParsedRules {
  /** Absent: which tables there are could not be told. */
  readonly ruleset?: RulesetText;
  readonly gaps: readonly Found[];
}

const complaintOf = (source: string, text: string | undefined, code: string): Found => {
  const said = namesIn(text).find((line) => !line.startsWith('#')) ?? `exit code ${code}`;
  const isForbidden = /permission denied|operation not permitted|must be root/i.test(said);
  return {
    source,
    reason: isForbidden ? 'forbidden' : 'invalid',
    detail: said,
    ...(isForbidden ? { howToSee: 'log in as root, or let sudo -n start a shell' } : {}),
  };
};

/** `nftables`: whether nf_tables is in the kernel there (0 yes, 1 no, 2 cannot be told), and nft's path. */
export const parseRules = (
  bodies: NetnsBodies,
  notes: readonly Frame[],
  nftables: { readonly module: string; readonly nft: string },
): ParsedRules => {
  const gaps: Found[] = [];
  const failedTables = notes.some(({ words }) => words[2] === 'failed' && words.slice(4, 6).join(' ') === 'nft list');
  for (const { words } of notes) {
    const [, , kind, code = '', ...argv] = words;
    if (kind === 'absent') {
      const tool = toolOf[code] ?? code;
      gaps.push({
        source: tool,
        reason: 'missing',
        detail: `there are rules, but no ${tool} to print them`,
        howToSee: 'install iptables there',
      });
    } else if (kind === 'failed') {
      const name = textNames.find((one) => toolOf[one] === argv[0]) ?? 'nft';
      gaps.push(complaintOf(argv[0] ?? '', bodies.get(argv[2] === 'tables' ? 'tables' : `rules ${name}`), code));
    }
  }
  const tables = bodies.get('tables');
  if (tables === undefined && nftables.module !== '1')
    gaps.push({
      source: 'nf_tables',
      reason: 'missing',
      detail: nftables.nft === '' ? 'there is no nft to ask for tables' : 'asking for tables could load nf_tables',
      howToSee: nftables.nft === '' ? 'install nftables there' : 'run `nft list tables` there once',
    });
  if (failedTables || (tables === undefined && nftables.module !== '1')) return { gaps };
  const nftTables = namesIn(tables).flatMap((line) => {
    const [, family, name] = /^table (\S+) (.+)$/.exec(line) ?? [];
    return family === undefined || name === undefined ? [] : [{ family, name }];
  });
  const texts = Object.fromEntries(
    textNames.flatMap((name) => {
      const text = bodies.get(`rules ${name}`);
      const isTold = text !== undefined && text.trim() !== '' && (name !== 'nftHooks' || text.startsWith('{'));
      return isTold ? [[name, text]] : [];
    }),
  );
  const present = {
    nftTables,
    legacyTables: wordsOf(bodies, 'present'),
    legacyTables6: wordsOf(bodies, 'present6'),
  };
  return { ruleset: { ...texts, present }, gaps };
};
