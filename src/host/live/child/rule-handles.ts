/** The handles of each chain's rules in order: a trace names rules by handle, people by position. */

/** `nft -j list ruleset` → `FAMILY TABLE CHAIN` → handles; empty when it makes no sense. */
export const readHandles = (text: string): ReadonlyMap<string, readonly number[]> => {
  const handles = new Map<string, number[]>();
  let items: readonly unknown[] = [];
  try {
    items = (JSON.parse(text) as { readonly nftables?: readonly unknown[] }).nftables ?? [];
  } catch {
    return handles;
  }
  for (const item of items) {
    const rule = (item as { readonly rule?: Readonly<Record<string, unknown>> } | null)?.rule;
    if (rule === undefined || typeof rule['handle'] !== 'number') continue;
    const chain = `${rule['family']} ${rule['table']} ${rule['chain']}`;
    const known = handles.get(chain);
    if (known === undefined) handles.set(chain, [rule['handle']]);
    else known.push(rule['handle']);
  }
  return handles;
};
