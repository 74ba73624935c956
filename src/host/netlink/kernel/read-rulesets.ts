/** Which packet filter tables exist in the netns this thread is in, asked without any tool and without loading a module. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { RulesetText } from '../../../model/ruleset-text.ts';
import { readText } from '../../namespaces/proc-files.ts';
import { eachNested, littleEndian, readAttributes, readBe32, readText as readName } from '../wire/attributes.ts';
import { eachMessage, HEADER, NLM_F } from '../wire/messages.ts';
import type { Arena } from './arena.ts';
import { errorName } from './libc.ts';
import type { Presence } from './modules.ts';
import { ask, closeNetlink, NETLINK, openNetlink } from './netlink-socket.ts';
import { request } from './requests.ts';

type Present = RulesetText['present'];

/** nfnetlink: subsystem in the high byte of the type, then struct nfgenmsg of 4 bytes. */
const NFTABLES = 10 << 8;
const MSG = { NEWTABLE: 0, GETTABLE: 1, NEWRULE: 6, GETRULE: 7, NEWGEN: 15, GETGEN: 16 } as const;
const NFGENMSG = 4;
const NFTA_TABLE = { NAME: 1, FLAGS: 2, OWNER: 7 } as const;
const NFTA_RULE = { TABLE: 1, EXPRESSIONS: 4 } as const;
const NFTA_EXPR_NAME = 1;
const NFTA_GEN_ID = 1;

const families: Readonly<Record<number, string>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};

const getTables = request(NFTABLES | MSG.GETTABLE, NLM_F.DUMP, 0, NFGENMSG);
const getGeneration = request(NFTABLES | MSG.GETGEN, 0, 0, NFGENMSG);

const nftTables = (arena: Arena, start: number, end: number): Present['nftTables'] => {
  const tables: { family: string; name: string; owner?: string }[] = [];
  eachMessage(arena.view, start, end, (message) => {
    if (message.type !== (NFTABLES | MSG.NEWTABLE)) return;
    const family = arena.view.getUint8(message.body);
    const attributes = readAttributes(arena.view, message.body + NFGENMSG, message.end);
    const owner = readBe32(attributes, NFTA_TABLE.OWNER);
    tables.push({
      family: families[family] ?? String(family),
      name: readName(attributes, NFTA_TABLE.NAME) ?? '',
      ...(owner === undefined ? {} : { owner: String(owner) }),
    });
  });
  return tables;
};

/** Tables by these names are iptables', unless a person made them. */
const iptablesTables: ReadonlySet<string> = new Set(['filter', 'nat', 'mangle', 'raw', 'security']);
const ruleFamilies = { ip: 2, ip6: 10 } as const;

const isManaged = (family: string, name: string): boolean =>
  (family === 'ip' || family === 'ip6') && iptablesTables.has(name);

/** Names of the tables with a rule that counts nothing: iptables-nft gives each rule of its own a counter (nft.c: add_counters). */
const uncountedTables = (arena: Arena, start: number, end: number): ReadonlySet<string> => {
  const found = new Set<string>();
  eachMessage(arena.view, start, end, (message) => {
    if (message.type !== (NFTABLES | MSG.NEWRULE)) return;
    const attributes = readAttributes(arena.view, message.body + NFGENMSG, message.end);
    const table = readName(attributes, NFTA_RULE.TABLE) ?? '';
    if (found.has(table) || !iptablesTables.has(table)) return;
    let counts = false;
    eachNested(attributes, NFTA_RULE.EXPRESSIONS, (_type, offset, length) => {
      if (counts) return;
      counts = readName(readAttributes(arena.view, offset, offset + length), NFTA_EXPR_NAME) === 'counter';
    });
    if (!counts) found.add(table);
  });
  return found;
};

const markForeign = (fd: number, arena: Arena, tables: Present['nftTables']): Present['nftTables'] => {
  let marked = tables;
  for (const family of ['ip', 'ip6'] as const) {
    if (!tables.some((table) => table.family === family && isManaged(family, table.name))) continue;
    const start = arena.length;
    const rules = ask(fd, request(NFTABLES | MSG.GETRULE, NLM_F.DUMP, ruleFamilies[family], NFGENMSG), arena);
    const uncounted = uncountedTables(arena, rules.start, rules.end);
    arena.length = start;
    marked = marked.map((table) =>
      table.family === family && uncounted.has(table.name) ? { ...table, isForeign: true } : table,
    );
  }
  return marked;
};

const legacyTables = (file: string): readonly string[] =>
  (readText(`/proc/thread-self/net/${file}`).text ?? '').split('\n').filter((name) => name !== '');

const howToSee = 'run `nft list tables` once, which loads nf_tables';

export const readRulesetPresence = (
  presence: (module: string) => Presence,
  arena: Arena,
  netns: NetnsId,
  gaps: Gap[],
): RulesetText | undefined => {
  const legacy = { legacyTables: legacyTables('ip_tables_names'), legacyTables6: legacyTables('ip6_tables_names') };
  const module = presence('nf_tables');
  const without = (): RulesetText => ({ present: { nftTables: [], ...legacy } });
  if (module === 'absent') return without();
  if (module === 'unknown') {
    gaps.push({
      source: 'nf_tables',
      netns,
      reason: 'missing',
      detail: 'cannot tell whether nf_tables is loaded, and asking it could load it',
      howToSee,
    });
    return undefined;
  }
  const fd = openNetlink(NETLINK.NETFILTER);
  const start = arena.length;
  const failed = (error: number): undefined => {
    const refused = error === 1 || error === 13;
    gaps.push({
      source: 'nf_tables',
      netns,
      reason: refused ? 'forbidden' : 'missing',
      detail: `the kernel answered ${errorName(error)}`,
      ...(refused ? { howToSee: 'run as root' } : {}),
    });
    return undefined;
  };
  if (fd < 0) return failed(-fd);
  try {
    const tables = ask(fd, getTables, arena);
    if (tables.error !== 0) return failed(tables.error);
    const generation = ask(fd, getGeneration, arena);
    const attributes = readAttributes(arena.view, generation.start + HEADER + NFGENMSG, generation.end);
    const isGeneration =
      generation.error === 0 &&
      generation.end > generation.start &&
      arena.view.getUint16(generation.start + 4, littleEndian) === (NFTABLES | MSG.NEWGEN);
    const id = isGeneration ? readBe32(attributes, NFTA_GEN_ID) : undefined;
    return {
      present: {
        nftTables: markForeign(fd, arena, nftTables(arena, tables.start, tables.end)),
        ...legacy,
        ...(id === undefined ? {} : { nftGeneration: id }),
      },
    };
  } finally {
    closeNetlink(fd);
    arena.length = start;
  }
};
