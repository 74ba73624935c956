/** `nft list hooks` → the order in which the kernel really runs base chains. */

const families: Readonly<Record<string, readonly string[]>> = {
  ip: ['ip'],
  ip6: ['ip6'],
  inet: ['ip', 'ip6'],
  bridge: ['bridge'],
};

/**
 * Text like `family ip { hook forward { 0000000000 chain inet firewalld filter_FORWARD [nf_tables] … } }`. Kernel functions without a chain
 * are left out, but for those of legacy iptables. undefined: nothing was told.
 */
export function parseHookOrder(text: string): Readonly<Record<string, readonly string[]>> | undefined {
  const order: Record<string, string[]> = {};
  let family = '';
  let hook = '';
  for (const rawLine of text.split('\n')) {
    const line = rawLine.trim();
    const opened = /^(family|hook) (\S+)/.exec(line);
    if (opened?.[1] === 'family') family = opened[2] ?? '';
    else if (opened?.[1] === 'hook') hook = opened[2] ?? '';
    const name = chainName(line);
    if (name === undefined) continue;
    for (const each of families[family] ?? []) {
      const key = `${each} ${hook}`;
      order[key] ??= [];
      order[key].push(name);
    }
  }
  return Object.keys(order).length === 0 ? undefined : order;
}

function chainName(line: string): string | undefined {
  const chain = /^[+-]?\d+ chain (\S+) (\S+) (\S+)/.exec(line);
  if (chain !== null) return `${chain[1]} ${chain[2]} ${chain[3]}`;
  const legacy = /^[+-]?\d+ ip6?table_(\w+)_hook/.exec(line) ?? /\[ip6?table_(\w+)\]/.exec(line);
  return legacy === null ? undefined : `legacy ${legacy[1]}`;
}
