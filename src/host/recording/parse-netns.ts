/** One netns folder of a recording → a Netns. */
import type * as z from 'zod/mini';
import type { Gap } from '../../model/gap.ts';
import type { HostId, NetnsId } from '../../model/ids.ts';
import type { Netns, NetnsHolder } from '../../model/netns.ts';
import type { PolicyRule } from '../../model/route.ts';
import type { RulesetText } from '../../model/ruleset-text.ts';
import { parseIpvs } from '../netlink/decode/parse-ipvs.ts';
import { conntrackSchema, countersSchema, factSchemas, netnsSchema, presentSchema } from './facts-schema.ts';
import { isWellFormed } from './is-well-formed.ts';
import { type FileTree, listFiles, rulesetFiles } from './layout.ts';
import { mendJson } from './mend-json.ts';
import { parseSs } from './parse-ss.ts';
import { parseSysctls } from './parse-sysctls.ts';

export interface ParsedNetns {
  readonly netns: Netns;
  readonly gaps: readonly Gap[];
}

/** File name → text → what it holds. */
export type ParsedTexts = Map<string, Map<string, unknown>>;

/**
 * `folder` is the path of the files inside the recording with its slash, '' for the top; `position` numbers folders that say no inode.
 * `known`: a thousand containers have the same few sysctls, rules and empty lists; each text is parsed once, and is one object for whoever compares.
 */
export function parseNetns(
  files: FileTree,
  folder: string,
  host: HostId,
  position: number,
  known: ParsedTexts = new Map(),
): ParsedNetns {
  const gaps: Gap[] = [];
  const file = (name: string) => files.get(folder + name);
  const refuse = (name: string, detail: string): void => {
    gaps.push({ source: `recording ${folder}${name}`, reason: 'invalid', detail });
  };
  const share = <T>(name: string, text: string | undefined, parse: () => T): T => {
    const texts = known.get(name) ?? new Map<string, unknown>();
    known.set(name, texts);
    if (text !== undefined && texts.has(text)) return texts.get(text) as T;
    const before = gaps.length;
    const parsed = parse();
    // What is wrong in a file is told of every netns that has it.
    if (text !== undefined && gaps.length === before) texts.set(text, parsed);
    return parsed;
  };
  const once = <T>(name: string, parse: () => T): T => share(name, file(name), parse);
  const allOf = (...names: readonly string[]): string => names.map((name) => file(name) ?? '\0').join('\0');
  const one = <T extends z.ZodMiniType>(name: string, schema: T): z.output<T> | undefined =>
    once(name, () => parseOne(file(name), schema, (detail) => refuse(name, detail)));
  const list = <T extends z.ZodMiniType>(name: string, schema: T): z.output<T>[] | undefined =>
    once(name, () =>
      parseList(
        file(name),
        schema,
        (detail) => refuse(name, detail),
        (item) => isWellFormed(name, item),
      ),
    );

  const rules = share('rules', allOf('rules.json', 'rules6.json'), () => [
    ...(list('rules.json', factSchemas.rules) ?? []),
    ...(list('rules6.json', factSchemas.rules6) ?? []),
  ]);
  const sysctls = file('sysctls.txt');
  const ss = file('ss.txt');
  const conntrack = one('conntrack.json', conntrackSchema);
  const counters = one('counters.json', countersSchema);
  const ruleset = share('ruleset', allOf('ruleset.json', ...Object.values(rulesetFiles)), () =>
    parseRuleset(file, one('ruleset.json', presentSchema)),
  );
  const lists = Object.fromEntries(
    Object.entries(listFiles)
      .map(([part, name]) => [part, list(name, factSchemas[part as keyof typeof listFiles])] as const)
      .filter(([, facts]) => facts !== undefined),
  );
  const routes = lists['routes'];
  const meta = one('netns.json', netnsSchema);
  const virtual = file('ip_vs.txt');
  const ipvs = virtual === undefined ? meta?.ipvs : parseIpvs(virtual);
  const netns = {
    ...parseIdentity(meta, folder, host, position),
    ...(ss === undefined ? {} : { sockets: parseSs(ss) }),
    ...lists,
    ...(routes === undefined
      ? {}
      : { routes: share('IPv4 routes', file('routes.json'), () => routes.filter(isIpv4Route)) }),
    ...(file('rules.json') === undefined ? {} : { policyRules: rules as PolicyRule[] }),
    ...(sysctls === undefined ? {} : { sysctls: once('sysctls.txt', () => parseSysctls(sysctls)) }),
    ...(ipvs === undefined ? {} : { ipvs }),
    ...(conntrack === undefined ? {} : { conntrack }),
    ...(counters === undefined ? {} : { counters }),
    ...(ruleset === undefined ? {} : { ruleset }),
  } as unknown as Netns;
  return { netns, gaps: gaps.map((gap) => ({ ...gap, netns: netns.id })) };
}

/** `ip route show table all` without -4 lists both families; `pref` is IPv6's alone. */
function isIpv4Route(route: unknown): boolean {
  const { dst, pref } = route as { readonly dst?: string; readonly pref?: string };
  return pref === undefined && dst?.includes(':') !== true;
}

function parseIdentity(meta: z.output<typeof netnsSchema> | undefined, folder: string, host: HostId, position: number) {
  const name = folder.replace(/^netns\//, '').replace(/\/$/, '');
  const dev = meta?.dev ?? 0;
  // A folder that is not named by an inode gets a small number no nsfs inode has.
  const inode = meta?.inode ?? (/^\d+$/.test(name) ? Number(name) : position);
  const rebase = (id: string) => `${host}|${id}` as NetnsId;
  const holders = (meta?.holders ?? []).map((holder) =>
    typeof holder['seenFrom'] === 'string' ? { ...holder, seenFrom: rebase(holder['seenFrom']) } : holder,
  );
  return {
    id: rebase(meta?.id ?? `${dev}:${inode}`),
    dev,
    inode,
    isHost: meta?.isHost ?? folder === '',
    names: meta?.names ?? (name === '' || /^\d+$/.test(name) ? [] : [name]),
    holders: holders as unknown as readonly NetnsHolder[],
    nsids: (meta?.nsids ?? []).map(({ nsid, netns }) =>
      netns === undefined ? { nsid } : { nsid, netns: rebase(netns) },
    ),
  };
}

type FileOf = (name: string) => string | undefined;

function parseRuleset(file: FileOf, present: z.output<typeof presentSchema> | undefined): RulesetText | undefined {
  const texts: { -readonly [Kind in keyof typeof rulesetFiles]?: string } = {};
  for (const [kind, name] of Object.entries(rulesetFiles) as [keyof typeof rulesetFiles, string][]) {
    const text = file(name);
    if (text !== undefined && text.trim() !== '') texts[kind] = text;
  }
  const anyFile = Object.values(rulesetFiles).some((name) => file(name) !== undefined);
  if (present === undefined && !anyFile) return undefined;
  return { ...texts, present: (present ?? presentFrom(texts)) as RulesetText['present'] };
}

/** What must exist, judged by the texts: for recordings made by hand. */
function presentFrom(texts: { readonly [Kind in keyof typeof rulesetFiles]?: string }): RulesetText['present'] {
  // A table that iptables-save refuses to print is there all the same.
  const named = /^(?:\*(\S+)|# Table [`'](\S+)['`] .*incompatible.*)$/gm;
  const tables = (text: string | undefined) => [
    ...new Set([...(text ?? '').matchAll(named)].map((match) => match[1] ?? match[2] ?? '')),
  ];
  return {
    nftTables: [
      ...tables(texts.iptablesNft).map((name) => ({ family: 'ip', name })),
      ...tables(texts.ip6tablesNft).map((name) => ({ family: 'ip6', name })),
    ],
    legacyTables: tables(texts.iptablesLegacy),
    legacyTables6: tables(texts.ip6tablesLegacy),
  };
}

export function parseOne<T extends z.ZodMiniType>(
  text: string | undefined,
  schema: T,
  refuse: (detail: string) => void,
): z.output<T> | undefined {
  if (text === undefined) return undefined;
  const json = parseJson(text, refuse);
  if (json === undefined) return undefined;
  const result = schema.safeParse(json);
  if (!result.success) refuse(`not what it should hold: ${result.error.issues[0]?.path.join('.')}`);
  return result.success ? result.data : undefined;
}

/** Keeps the items that are right; each wrong one is told. `ip -j` prints `{}` for links a filter left out. */
export function parseList<T extends z.ZodMiniType>(
  text: string | undefined,
  schema: T,
  refuse: (detail: string) => void,
  isRight: (item: unknown) => boolean = () => false,
): z.output<T>[] | undefined {
  if (text === undefined) return undefined;
  const json = text.trim() === '' ? [] : parseJson(text, refuse);
  if (json === undefined) return undefined;
  if (!Array.isArray(json)) {
    refuse('not a list');
    return undefined;
  }
  return json.flatMap((item: unknown, index) => {
    if (isRight(item)) return [item as z.output<T>];
    if (typeof item === 'object' && item !== null && Object.keys(item).length === 0) return [];
    const result = schema.safeParse(item);
    if (!result.success)
      refuse(`item ${index + 1}: ${result.error.issues[0]?.path.join('.') || 'is nothing of the kind'}`);
    return result.success ? [result.data] : [];
  });
}

function parseJson(text: string, refuse: (detail: string) => void): unknown {
  for (const form of [text, mendJson(text)]) {
    try {
      return JSON.parse(form);
    } catch {
      // Mended it may be.
    }
  }
  refuse('no JSON');
  return undefined;
}
