/** Chains on links: nft's JSON leaves out which links those are (seen with 1.0.6), its text does not. */

const linkHook = /"hook": ?"(?:ingress|egress)"/;

interface Listed {
  readonly nftables?: readonly { readonly chain?: Readonly<Record<string, unknown>> }[];
}

const parse = (json: string): Listed | undefined => {
  try {
    return JSON.parse(json) as Listed;
  } catch {
    return undefined;
  }
};

const lacksDevices = (chain: Readonly<Record<string, unknown>> | undefined): boolean =>
  (chain?.['hook'] === 'ingress' || chain?.['hook'] === 'egress') && chain['dev'] === undefined;

/** Does `nft -j list ruleset` keep to itself which links a chain is on? */
export const needsDevices = (json: string): boolean =>
  linkHook.test(json) && parse(json)?.nftables?.some(({ chain }) => lacksDevices(chain)) === true;

/** `nft list chains` → links of every chain that is on links: `device "eth0"`, `devices = { "a", "b" }`, or none. */
function devicesOf(text: string): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  let table = '';
  let chain = '';
  for (const line of text.split('\n').map((one) => one.trim())) {
    const [, word, name] = /^(table|chain) (.+) \{$/.exec(line) ?? [];
    if (word === 'table') table = name!;
    if (word === 'chain') chain = name!;
    const base = /^type filter hook (?:ingress|egress)(?: devices? =? ?(\{[^}]*\}|\S+))? priority /.exec(line);
    if (base !== null)
      found.set(
        `${table} ${chain}`,
        (base[1] ?? '').split(/[\s{},"]+/).filter((one) => one !== ''),
      );
  }
  return found;
}

/** The ruleset's JSON with the links of its chains, as newer versions print it. */
export function nameDevices(json: string, chains: string): string {
  const devices = devicesOf(chains);
  const listed = parse(json);
  const nftables = listed?.nftables?.map((item) => {
    const { chain } = item;
    const dev = lacksDevices(chain)
      ? devices.get(`${chain!['family']} ${chain!['table']} ${chain!['name']}`)
      : undefined;
    return dev === undefined ? item : { chain: { ...chain, dev } };
  });
  return nftables === undefined ? json : JSON.stringify({ ...listed, nftables });
}
