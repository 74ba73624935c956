/** Which containers a host treats alike as far as one can tell without tracing: a packet of one stands for those of the others. */
import type { NetnsNode } from '../graph/graph.ts';
import type { RulesetText } from '../model/ruleset-text.ts';
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';
import { ruleLines } from '../trace/twin-rules.ts';
import type { Attachment, HostView } from './host-view.ts';

export interface Likeness {
  /** Two attachments of the same kind differ only in their names, addresses and the order in which they were made. */
  kindOf(attachment: Attachment): number;
  /** What rules say of a port: two published ports of the same kind are translated and let through alike. */
  portKind(port: number): string;
}

/** Rules speak of ranges or sets kept elsewhere: nobody is like another then. */
const opaque = /-range |"range"|\/\d+\.\d+\.|--match-set|--mac-source|u32|bytecode|"&"/;

const wordsOf = (text: string): readonly string[] => text.split(/[\s"/,]+/);

function linesOf(text: RulesetText | undefined): readonly string[] {
  if (text === undefined) return [];
  const { iptablesNft: _four, iptablesLegacy: _legacy, nft: _nft, ...rest } = text;
  const six: RulesetText = {
    ...rest,
    ...(text.ip6tablesNft === undefined ? {} : { iptablesNft: text.ip6tablesNft }),
    ...(text.ip6tablesLegacy === undefined ? {} : { iptablesLegacy: text.ip6tablesLegacy }),
  };
  return [...(ruleLines(text) ?? []), ...(ruleLines(six) ?? [])].map(({ chain, text: rule }) => `${chain} ${rule}`);
}

function indexWords(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const index = new Map<string, string[]>();
  for (const line of lines)
    for (const word of wordsOf(line)) {
      // `10.0.0.2:80`, but not an IPv6 or MAC address.
      const address = /^(\d[\d.]+):\d+$/.exec(word)?.[1] ?? word;
      const list = index.get(address);
      if (list === undefined) index.set(address, [line]);
      else if (list.at(-1) !== line) list.push(line);
    }
  return index;
}

/** Prefixes and ranges of ports that rules name: who lies in which of them? */
function bounds(lines: readonly string[]) {
  const prefixes = new Set<string>();
  const ranges = new Set<string>();
  for (const line of lines) {
    for (const [word] of line.matchAll(/[0-9a-f.:]+\/\d+/gi)) if (!word.endsWith('/32')) prefixes.add(word);
    for (const [, addr, len] of line.matchAll(/"addr":"([^"]+)","len":(\d+)/g)) prefixes.add(`${addr}/${len}`);
    for (const [, from, to] of line.matchAll(/(?<![\w:.])(\d+):(\d+)(?![\w:])/g)) ranges.add(`${from}:${to}`);
  }
  return {
    prefixes: [...prefixes].flatMap((text) => {
      const prefix = parsePrefix(text);
      return prefix === undefined || prefix.length >= (prefix.family === 4 ? 32 : 128) ? [] : { text, prefix };
    }),
    ranges: [...ranges],
  };
}

const portFlags = ['state', 'hairpin', 'isolated', 'learning', 'flood', 'bcast_flood', 'mcast_flood', 'locked'];

/** What differs by chance: counters, comments with the time, and the ports that DNS inside was given. */
const byChance = /\[\d+:\d+\]|^#.*$|(?<=127\.0\.0\.11:|--[sd]port )\d{4,5}/gm;

const plainRules = ({ present: _, ...texts }: Partial<RulesetText> = {}): string =>
  Object.values(texts).join('\n').replace(byChance, '');

export function createLikeness(view: HostView, home: NetnsNode): Likeness {
  const lines = linesOf(home.facts.ruleset);
  const alone = lines.some((line) => opaque.test(line));
  const index = indexWords(lines);
  const { prefixes, ranges } = bounds(lines);
  const texts = new Map<string, number>();
  const numberOf = (text: string): number => {
    const number = texts.get(text) ?? texts.size;
    texts.set(text, number);
    return number;
  };
  // A recording gives all containers of one setting the same object.
  const objects = new WeakMap<object, number>();
  const jsons = new WeakMap<object, string>();
  const jsonOf = (object: object | undefined): string => {
    if (object === undefined) return '';
    const json = jsons.get(object) ?? JSON.stringify(object);
    jsons.set(object, json);
    return json;
  };
  const numberOfObject = (object: object | undefined, textOf: (object: object) => string = jsonOf): number => {
    if (object === undefined) return -1;
    const number = objects.get(object) ?? numberOf(textOf(object));
    objects.set(object, number);
    return number;
  };
  const membership = (address: string | undefined): string => {
    const parsed = address === undefined || address === '' ? undefined : parseAddress(address);
    if (parsed === undefined) return '';
    return prefixes
      .filter(({ prefix }) => prefix.family === parsed.family && prefixContains(prefix, parsed))
      .map(({ text }) => text)
      .join();
  };
  const fixed = fixedEntries(home);
  const portKind = (port: number): string => {
    const within = ranges.filter((range) => {
      const [from = 0, to = 0] = range.split(':').map(Number);
      return from <= port && port <= to;
    });
    return within.join();
  };
  const describe = ({ container, endpoint, inside, outside }: Attachment): string => {
    const own = [endpoint.ipv4, endpoint.ipv6, inside?.facts.address, outside?.facts.ifname].filter(
      (word): word is string => word !== undefined && word !== '',
    );
    const ports = container.facts.ports.map(({ hostPort }) => String(hostPort));
    const names = new Map([
      ...own.map((word, at) => [word, `SELF${at}`] as const),
      ...ports.map((word) => [word, 'PUBLISHED'] as const),
    ]);
    const rename = (text: string): string =>
      text.replace(/[\w.:-]+/g, (word) => names.get(word) ?? word.replace(/^.*(?=:\d+$)/, (at) => names.get(at) ?? at));
    const rules = [...new Set([...own, ...ports].flatMap((word) => index.get(word) ?? []))].map(rename).sort();
    const netns = view.netnsOf(container.netns);
    const { routes, routes6, policyRules, neighbours, ruleset, sysctls } = netns?.facts ?? {};
    const links = [inside, outside].map((link) => [
      link?.state,
      link?.facts.mtu,
      link?.facts.flags,
      portFlags.map((flag) => link?.facts.linkinfo?.info_slave_data?.[flag]),
      link?.upperLinks.length,
    ]);
    const ways = [...own, ...(inside?.addresses ?? []).map(({ local }) => local)].reduce(
      (text, word, at) => text.replaceAll(`"${word}"`, `SELF${at}`),
      jsonOf(routes) + jsonOf(routes6) + jsonOf(policyRules),
    );
    return [
      endpoint.networkId,
      container.networks.length,
      JSON.stringify(links),
      ways,
      JSON.stringify(neighbours?.filter(({ state }) => state.includes('PERMANENT'))),
      numberOfObject(sysctls),
      numberOfObject(ruleset, plainRules),
      ...rules,
      membership(endpoint.ipv4),
      membership(endpoint.ipv6),
      own.some((word) => fixed.has(word)) ? own.join() : '',
      alone ? container.id : '',
    ].join('\n');
  };
  const numbers = new WeakMap<Attachment, number>();
  return {
    portKind,
    kindOf: (attachment) => {
      const known = numbers.get(attachment);
      if (known !== undefined) return known;
      const number = numberOf(describe(attachment));
      numbers.set(attachment, number);
      return number;
    },
  };
}

/** Words of everything that was written by hand about one container: neighbours, forwarding entries, routes, policy rules. */
function fixedEntries({ facts }: NetnsNode): ReadonlySet<string> {
  return new Set([
    ...(facts.neighbours ?? []).filter(({ state }) => state.includes('PERMANENT')).map(({ dst }) => dst),
    ...(facts.neighbours ?? []).filter(({ state }) => state.includes('FAILED')).map(({ dst }) => dst),
    ...(facts.fdb ?? []).filter(({ state, flags }) => state !== '' && !flags.includes('self')).map(({ mac }) => mac),
    ...(facts.routes ?? []).map(({ dst }) => dst),
    ...(facts.routes6 ?? []).map(({ dst }) => dst),
    ...(facts.policyRules ?? []).flatMap(({ src, dst, iif }) => [src, dst ?? '', iif ?? '']),
  ]);
}
