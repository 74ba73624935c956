/** NFT_MSG_TRACE → one event (nft_trace_notify in net/netfilter/nf_tables_trace.c, enum nft_trace_attributes). */
import type { NetnsId } from '../../../model/ids.ts';
import { nestedAttributes, readAttributes, readBe32, readBytes, readText } from '../../netlink/wire/attributes.ts';
import { decodeMessages, type Message } from '../../netlink/wire/messages.ts';
import type { RuleEvent, RuleVerdict } from '../live-order.ts';
import { seenPacket } from './seen-packet.ts';

/** NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_TRACE. */
const traceMessage = (10 << 8) | 17;
/** struct nfgenmsg. */
const genericHeader = 4;

const NFTA_TRACE = {
  table: 1,
  chain: 2,
  handle: 3,
  type: 4,
  verdict: 5,
  id: 6,
  network: 8,
  transport: 9,
  iif: 10,
  oif: 12,
  mark: 14,
  policy: 16,
} as const;
const NFTA_VERDICT = { code: 1, chain: 2 } as const;

const families: Readonly<Record<number, RuleEvent['family']>> = {
  1: 'inet',
  2: 'ip',
  3: 'arp',
  5: 'netdev',
  7: 'bridge',
  10: 'ip6',
};
const types: Readonly<Record<number, RuleEvent['type']>> = { 1: 'policy', 2: 'return', 3: 'rule' };

/** NF_* and NFT_* verdicts; a drop may carry an errno in its upper half. */
const verdictOf = (code: number): RuleVerdict => {
  const negative: Readonly<Record<number, RuleVerdict>> = {
    [-1]: 'continue',
    [-2]: 'break',
    [-3]: 'jump',
    [-4]: 'goto',
    [-5]: 'return',
  };
  if (code < 0 && negative[code] !== undefined) return negative[code];
  return (['drop', 'accept', 'stolen', 'queue'] as const)[code & 0xff] ?? 'other';
};

const optional = <Key extends string, Value>(key: Key, value: Value | undefined) =>
  value === undefined ? {} : ({ [key]: value } as { readonly [K in Key]: Value });

const decode = (netns: NetnsId, view: DataView, message: Message): RuleEvent | undefined => {
  const attributes = readAttributes(view, message.body + genericHeader, message.end);
  const family = families[view.getUint8(message.body)];
  const type = types[readBe32(attributes, NFTA_TRACE.type) ?? 0];
  const table = readText(attributes, NFTA_TRACE.table);
  const chain = readText(attributes, NFTA_TRACE.chain);
  if (family === undefined || type === undefined || table === undefined || chain === undefined) return undefined;
  const verdict = nestedAttributes(attributes, NFTA_TRACE.verdict);
  const code = (readBe32(verdict, NFTA_VERDICT.code) ?? readBe32(attributes, NFTA_TRACE.policy) ?? 0) | 0;
  const handle = readBytes(attributes, NFTA_TRACE.handle);
  const network = readBytes(attributes, NFTA_TRACE.network);
  const packet = network && seenPacket(network, readBytes(attributes, NFTA_TRACE.transport) ?? new Uint8Array());
  return {
    netns,
    id: readBe32(attributes, NFTA_TRACE.id) ?? 0,
    family,
    table,
    chain,
    type,
    ...optional('handle', handle && new DataView(handle.buffer, handle.byteOffset).getUint32(4, false)),
    verdict: verdictOf(code),
    ...optional('target', readText(verdict, NFTA_VERDICT.chain)),
    ...optional('packet', packet),
    ...optional('iif', readBe32(attributes, NFTA_TRACE.iif)),
    ...optional('oif', readBe32(attributes, NFTA_TRACE.oif)),
    ...optional('mark', readBe32(attributes, NFTA_TRACE.mark)),
  };
};

export const decodeRuleEvents = (netns: NetnsId, view: DataView, length: number): readonly RuleEvent[] =>
  decodeMessages(view, 0, length, [traceMessage], (data, message) => decode(netns, data, message)).items;
