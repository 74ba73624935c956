/** Which program prints the rules of which backend on this machine: `iptables-save` alone can be either. */
import { realpathSync } from 'node:fs';
import { basename } from 'node:path';

export interface SaveCommands {
  readonly iptablesNft?: readonly string[];
  readonly ip6tablesNft?: readonly string[];
  readonly iptablesLegacy?: readonly string[];
  readonly ip6tablesLegacy?: readonly string[];
  readonly nft?: readonly string[];
  readonly ipset?: readonly string[];
}

/** `tools`: name → path, as in HostFacts. */
export function findSaveCommands(
  tools: Readonly<Record<string, string>>,
  resolve: (path: string) => string = resolveLink,
): SaveCommands {
  const pick = (family: 'iptables' | 'ip6tables', backend: 'nft' | 'legacy') =>
    saveCommand(tools, resolve, family, backend);
  const commands: Readonly<Record<keyof SaveCommands, readonly string[] | undefined>> = {
    iptablesNft: pick('iptables', 'nft'),
    ip6tablesNft: pick('ip6tables', 'nft'),
    iptablesLegacy: pick('iptables', 'legacy'),
    ip6tablesLegacy: pick('ip6tables', 'legacy'),
    nft: tools['nft'] === undefined ? undefined : [tools['nft']],
    ipset: tools['ipset'] === undefined ? undefined : [tools['ipset']],
  };
  return Object.fromEntries(Object.entries(commands).filter(([, argv]) => argv !== undefined));
}

function saveCommand(
  tools: Readonly<Record<string, string>>,
  resolve: (path: string) => string,
  family: 'iptables' | 'ip6tables',
  backend: 'nft' | 'legacy',
): readonly string[] | undefined {
  // -c: counters; they cost nothing, and say which rules live.
  const named = tools[`${family}-${backend}-save`];
  if (named !== undefined) return [named, '-c'];
  const plain = tools[`${family}-save`];
  if (plain !== undefined && backendOf(basename(resolve(plain))) === backend) return [plain, '-c'];
  const multi = tools[`xtables-${backend}-multi`];
  return multi === undefined ? undefined : [multi, `${family}-save`, '-c'];
}

/** By the name of the program behind all links; before iptables 1.8 there was only legacy, in `xtables-multi`. */
function backendOf(program: string): 'nft' | 'legacy' {
  return program.includes('nft') ? 'nft' : 'legacy';
}

function resolveLink(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
