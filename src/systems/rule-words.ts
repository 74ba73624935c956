/** Reads one rule's text, iptables' or nft's, into the few options that recognisers ask for. */

export interface Word {
  readonly value: string;
  readonly not: boolean;
}

export interface RuleWords {
  readonly in?: Word;
  readonly out?: Word;
  readonly src?: Word;
  readonly dst?: Word;
  readonly proto?: string;
  readonly sport?: string;
  readonly dport?: Word;
  /** `RELATED,ESTABLISHED` in iptables' order and capitals, whichever tool printed it. */
  readonly ctstate?: Word;
  readonly srcType?: Word;
  readonly dstType?: Word;
  readonly mark?: Word;
  /** `ACCEPT`, `DROP`, `DNAT`, … or the chain jumped to; absent for a rule that only counts. */
  readonly target?: string;
  /** DNAT's, SNAT's or REDIRECT's new address and port. */
  readonly to?: string;
  /** Every option by its name without dashes, first occurrence. */
  readonly all: ReadonlyMap<string, Word>;
}

/** Splits as iptables-save quotes: double quotes, backslash escapes inside them. */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  for (const match of text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)) {
    words.push(match[1] === undefined ? (match[2] ?? '') : match[1].replace(/\\(.)/g, '$1'));
  }
  return words;
}

const longNames: Readonly<Record<string, string>> = {
  i: 'in-interface',
  o: 'out-interface',
  s: 'source',
  d: 'destination',
  p: 'protocol',
  j: 'jump',
  g: 'goto',
};

function readIptables(text: string): RuleWords {
  const all = new Map<string, Word>();
  let not = false;
  let name: string | undefined;
  for (const word of splitWords(text)) {
    if (word === '!') {
      not = true;
    } else if (/^--?[a-zA-Z]/.test(word)) {
      const bare = word.replace(/^-+/, '');
      name = word.startsWith('--') ? bare : (longNames[bare] ?? bare);
      if (!all.has(name)) all.set(name, { value: '', not });
      not = false;
    } else if (name !== undefined) {
      const before = all.get(name)!;
      all.set(name, { value: before.value === '' ? word : `${before.value} ${word}`, not: before.not });
    }
  }
  return pick(all, {
    in: 'in-interface',
    out: 'out-interface',
    src: 'source',
    dst: 'destination',
    dport: all.has('dport') ? 'dport' : 'dports',
    ctstate: all.has('ctstate') ? 'ctstate' : 'state',
    srcType: 'src-type',
    dstType: 'dst-type',
    mark: 'mark',
  });
}

type WordKey = 'in' | 'out' | 'src' | 'dst' | 'dport' | 'ctstate' | 'srcType' | 'dstType' | 'mark';

function pick(all: ReadonlyMap<string, Word>, from: Readonly<Record<WordKey, string>>): RuleWords {
  const words: { -readonly [Key in WordKey]?: Word } = {};
  for (const key of Object.keys(from) as WordKey[]) {
    const word = all.get(from[key]);
    if (word !== undefined) words[key] = word;
  }
  const text = (name: string) => all.get(name)?.value;
  const target = text('jump') ?? text('goto');
  const to = text('to-destination') ?? text('to-source') ?? text('to-ports');
  const proto = text('protocol');
  const sport = text('sport');
  return {
    ...words,
    ...(proto === undefined ? {} : { proto }),
    ...(sport === undefined ? {} : { sport }),
    ...(target === undefined ? {} : { target }),
    ...(to === undefined ? {} : { to }),
    all,
  };
}

const nftTargets: readonly (readonly [RegExp, string])[] = [
  [/\b(?:jump|goto) (\S+)/, '$1'],
  [/\bdnat\b/, 'DNAT'],
  [/\bsnat\b/, 'SNAT'],
  [/\bmasquerade\b/, 'MASQUERADE'],
  [/\bredirect\b/, 'REDIRECT'],
  [/\breject\b/, 'REJECT'],
  [/\bdrop\b/, 'DROP'],
  [/\baccept\b/, 'ACCEPT'],
  [/\breturn\b/, 'RETURN'],
];

const nftPatterns: readonly (readonly [string, RegExp])[] = [
  ['in-interface', /\b(?:iifname|iif) (!= )?"?([^"\s]+)"?/],
  ['out-interface', /\b(?:oifname|oif) (!= )?"?([^"\s]+)"?/],
  ['source', /\bip6? saddr (!= )?(\S+)/],
  ['destination', /\bip6? daddr (!= )?(\S+)/],
  ['dport', /\b(?:tcp|udp|sctp|th) dport (!= )?(\{[^}]*\}|\S+)/],
  ['protocol', /\b(tcp|udp|sctp)(?= [sd]port)/],
  ['protocol', /\b(?:ip6? (?:protocol|nexthdr)|meta l4proto) (!= )?(\S+)/],
  ['ctstate', /\bct state (!= )?(\S+)/],
  ['src-type', /\bfib saddr(?: \. \S+)* type (!= )?(\S+)/],
  ['dst-type', /\bfib daddr(?: \. \S+)* type (!= )?(\S+)/],
  ['mark', /\b(?:meta )?mark (?:and \S+ )?(!= )?(\S+)/],
  ['to-destination', /\b(?:dnat|snat)(?: ip6?)? to (!= )?(\S+)/],
];

function readNft(text: string): RuleWords {
  const all = new Map<string, Word>();
  // A comment is the author's prose: words in it are no matches.
  const rule = text.replace(/comment "(?:[^"\\]|\\.)*"/g, '');
  for (const [name, pattern] of nftPatterns) {
    const found = pattern.exec(rule);
    if (found === null || all.has(name)) continue;
    const value = found[2] ?? found[1] ?? '';
    const upper = name === 'ctstate' || name.endsWith('-type') ? value.toUpperCase() : value;
    all.set(name, { value: upper, not: found[2] !== undefined && found[1] !== undefined });
  }
  for (const [pattern, name] of nftTargets) {
    const found = pattern.exec(rule);
    if (found === null) continue;
    all.set('jump', { value: name === '$1' ? (found[1] ?? '') : name, not: false });
    break;
  }
  return pick(all, {
    in: 'in-interface',
    out: 'out-interface',
    src: 'source',
    dst: 'destination',
    dport: 'dport',
    ctstate: 'ctstate',
    srcType: 'src-type',
    dstType: 'dst-type',
    mark: 'mark',
  });
}

export function readRuleWords(text: string, tool: 'iptables' | 'nft'): RuleWords {
  return tool === 'nft' ? readNft(text) : readIptables(text);
}

/** Replies and related packets are let through: the one match nearly every system has. */
export function matchesReplies(words: RuleWords): boolean {
  const states = words.ctstate;
  return states !== undefined && !states.not && /ESTABLISHED/.test(states.value) && !/NEW/.test(states.value);
}
