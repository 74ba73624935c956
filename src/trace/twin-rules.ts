/** What the host's rules say of each container, written so that the profiles of two containers compare: own address as SELF. */
import type { RulesetText } from '../model/ruleset-text.ts';

export interface RuleLine {
  readonly chain: string;
  readonly text: string;
}

/** Addresses as whole words: 10.0.0.1 is not in 10.0.0.10. */
export const word = (text: string): RegExp => new RegExp(`(?<![\\w.])${text.replaceAll('.', '\\.')}(?![\\w.])`, 'g');

const iptablesLines = (text: string | undefined, name: string): readonly RuleLine[] => {
  let table = '';
  const lines: RuleLine[] = [];
  for (const raw of (text ?? '').split('\n')) {
    if (raw.startsWith('*')) table = raw.slice(1);
    const rule = /^(?:\[\d+:\d+\] )?-A (\S+) (.*)$/.exec(raw);
    if (rule !== null) lines.push({ chain: `${name} ${table} ${rule[1]}`, text: rule[2]! });
  }
  return lines;
};

interface NftItem {
  readonly rule?: { readonly family: string; readonly table: string; readonly chain: string; readonly expr: unknown };
}

const nftLines = (text: string | undefined): readonly RuleLine[] | undefined => {
  if (text === undefined || text.trim() === '') return [];
  try {
    const items = (JSON.parse(text) as { readonly nftables: readonly NftItem[] }).nftables;
    return items.map(({ rule, ...item }) => {
      const chain = rule === undefined ? 'set' : `nft ${rule.family} ${rule.table} ${rule.chain}`;
      return { chain, text: JSON.stringify(rule?.expr ?? item).replace(/"counter":\{[^}]*\}/g, '') };
    });
  } catch {
    return undefined;
  }
};

/** Every IPv4 rule of a host, chain by chain in order; undefined: a text we cannot take apart. */
export const ruleLines = (text: RulesetText): readonly RuleLine[] | undefined => {
  const native = nftLines(text.nft);
  return (
    native && [...iptablesLines(text.iptablesNft, 'nft'), ...iptablesLines(text.iptablesLegacy, 'legacy'), ...native]
  );
};

/** Looks at addresses in a way that comparing words does not show: ranges, masks, sets kept elsewhere, MACs, raw bytes. */
export const isOpaque = ({ text }: RuleLine): boolean =>
  /-range |"range"|\/\d+\.\d+\.|--match-set|[0-9a-f]{2}(:[0-9a-f]{2}){5}|u32|bytecode|"base"|"&"/i.test(text);

export interface Subject {
  readonly address: string;
  /** The bridge port on the host. */
  readonly ifname: string;
}

export interface RuleProfiles {
  /** One per subject; undefined: rules tell it from others in a way that cannot be compared. */
  readonly profiles: readonly (readonly string[] | undefined)[];
  /** Networks the rules name. */
  readonly prefixes: ReadonlySet<string>;
  /** Beginnings of link names (`veth1+`). */
  readonly linkPatterns: readonly string[];
}

/** Ports of the packets that are asked about. */
export interface Ports {
  readonly port: number | undefined;
  readonly lowestEphemeral: number;
}

const addressPattern = /(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?:\/\d{1,2})?(?![\w.])/g;
const nftPrefix = /"addr":"([^"]+)","len":(\d+)/g;
const linkPattern = /(?:-[io] |--physdev-(?:in|out) |")([\w.-]+)[+*](?=[\s"]|$)/g;

/** Ports that translation gives to packets. */
const translatedPorts = (lines: readonly RuleLine[]): ReadonlySet<number> =>
  new Set(
    lines.flatMap(({ text }) =>
      [...text.matchAll(/(?:--to-destination \S+:|--to-ports |"port":)(\d+)/g)].map((match) => Number(match[1])),
    ),
  );

/** `--dport 8080` where no packet of this question goes to that port: the rule cannot match. */
const cannotMatch = (text: string, { port, lowestEphemeral }: Ports, translated: ReadonlySet<number>): boolean => {
  const named =
    /(?<!! )--dport (\d+)(?![\d:])/.exec(text) ??
    /"op":"==","left":\{"payload":\{"protocol":"\w+","field":"dport"\}\},"right":(\d+)\}/.exec(text);
  const value = Number(named?.[1]);
  return named !== null && value !== port && value < lowestEphemeral && !translated.has(value);
};

const translates = (text: string): boolean => /-j DNAT|-j NETMAP|"dnat"/.test(text);

interface Shaped {
  readonly chain: string;
  readonly shape: string;
  readonly subject: number | undefined;
}

/** How many rules of other shapes stand before each: between twins' rules there is none, so exchanging them changes nothing. */
const ranked = (shaped: readonly Shaped[], count: number): readonly string[][] => {
  const profiles: string[][] = Array.from({ length: count }, () => []);
  const total = new Map<string, number>();
  const alike = new Map<string, number>();
  for (const { chain, shape, subject } of shaped) {
    const key = `${chain} ${shape}`;
    const before = (total.get(chain) ?? 0) - (alike.get(key) ?? 0);
    if (subject !== undefined) profiles[subject]!.push(`${chain} ${before} ${shape}`);
    total.set(chain, (total.get(chain) ?? 0) + 1);
    alike.set(key, (alike.get(key) ?? 0) + 1);
  }
  return profiles;
};

export const profileRules = (lines: readonly RuleLine[], subjects: readonly Subject[], ports: Ports): RuleProfiles => {
  const byWord = new Map(subjects.flatMap(({ address, ifname }, n) => [[address, n] as const, [ifname, n] as const]));
  const translated = translatedPorts(lines);
  const alone = new Set<number>();
  const prefixes = new Set<string>();
  const linkPatterns = new Set<string>();
  const shaped: Shaped[] = [];
  for (const { chain, text } of lines) {
    const named = new Set(
      text
        .split(/[\s"/:,]+/)
        .map((part) => byWord.get(part))
        .filter((n) => n !== undefined),
    );
    const [only, ...others] = named;
    if (only !== undefined && cannotMatch(text, ports, translated)) continue;
    for (const match of text.matchAll(addressPattern)) prefixes.add(match[0]);
    for (const match of text.matchAll(nftPrefix)) prefixes.add(`${match[1]}/${match[2]}`);
    for (const match of text.matchAll(linkPattern)) linkPatterns.add(match[1]!);
    const single = only !== undefined && others.length === 0 && !translates(text) && chain !== 'set';
    if (!single) for (const n of named) alone.add(n);
    const { address, ifname } = subjects[only ?? 0] ?? { address: '', ifname: '' };
    const shape = single ? text.replace(word(address), 'SELF').replace(word(ifname), 'PORT') : text;
    shaped.push({ chain, shape, subject: single ? only : undefined });
  }
  const profiles = ranked(shaped, subjects.length).map((profile, n) => (alone.has(n) ? undefined : profile));
  return { profiles, prefixes, linkPatterns: [...linkPatterns] };
};
