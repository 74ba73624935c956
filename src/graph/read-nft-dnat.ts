/** DNAT rules of native nft tables, from `nft -j list ruleset`: just enough to join them with published ports. */
import type { DnatRule } from './find-dnat-rules.ts';

type Json = Readonly<Record<string, unknown>>;

const asObject = (value: unknown): Json | undefined =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : undefined;

/** `{"match":{"op":"==","left":{"payload":{"protocol":"tcp","field":"dport"}},"right":8080}}` → that field's value. */
const matchOf = (
  statement: Json,
  field: string,
): { readonly protocol: string; readonly value: unknown } | undefined => {
  const match = asObject(statement['match']);
  const payload = asObject(asObject(match?.['left'])?.['payload']);
  if (match?.['op'] !== '==' || payload?.['field'] !== field) return undefined;
  return { protocol: String(payload['protocol']), value: match['right'] };
};

const readRule = (rule: Json): DnatRule | undefined => {
  const statements = Array.isArray(rule['expr']) ? rule['expr'].map(asObject).filter((part) => part !== undefined) : [];
  const dnat = asObject(statements.find((part) => 'dnat' in part)?.['dnat']);
  if (dnat === undefined || typeof dnat['addr'] !== 'string') return undefined;
  let port: ReturnType<typeof matchOf>;
  let dst: string | undefined;
  for (const statement of statements) {
    port ??= matchOf(statement, 'dport');
    const daddr = matchOf(statement, 'daddr')?.value;
    if (typeof daddr === 'string') dst ??= daddr;
  }
  const to = typeof dnat['port'] === 'number' ? dnat['port'] : undefined;
  const where = `${rule['family']} ${rule['table']} ${rule['chain']} handle ${rule['handle']}`;
  const what = [
    ...(dst === undefined ? [] : [`daddr ${dst}`]),
    ...(port === undefined ? [] : [`${port.protocol} dport ${port.value}`]),
    `dnat to ${dnat['addr'].includes(':') && to !== undefined ? `[${dnat['addr']}]` : dnat['addr']}${to === undefined ? '' : `:${to}`}`,
  ];
  return {
    text: `${where}: ${what.join(' ')}`,
    toAddress: dnat['addr'],
    ...(to === undefined ? {} : { toPort: to }),
    ...(port === undefined ? {} : { proto: port.protocol }),
    ...(typeof port?.value === 'number' ? { dport: port.value } : {}),
    ...(dst === undefined ? {} : { dst }),
  };
};

/** Nonsense gives no rules here; the ruleset's own parser tells it as a gap. */
export const readNftDnat = (text: string | undefined): readonly DnatRule[] => {
  if (text === undefined || !text.includes('"dnat"')) return [];
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    return [];
  }
  const objects = asObject(document)?.['nftables'];
  if (!Array.isArray(objects)) return [];
  return objects
    .map((object) => asObject(asObject(object)?.['rule']))
    .filter((rule) => rule !== undefined)
    .map(readRule)
    .filter((rule) => rule !== undefined);
};
