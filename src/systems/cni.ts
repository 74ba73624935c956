/** CNI plugins: what containerd, nerdctl, CRI-O and Podman 3 let them build. */
import { labelOf, type System } from './system.ts';

const cni = labelOf('CNI');

const chains: readonly (readonly [RegExp, string])[] = [
  [/^CNI-FORWARD$/, 'lets packets of CNI networks pass through'],
  [/^CNI-ADMIN$/, 'yours: asked before the rules of CNI networks'],
  [/^CNI-ISOLATION-STAGE-1$/, 'keeps CNI networks apart: picks what leaves one bridge for another link'],
  [/^CNI-ISOLATION-STAGE-2$/, 'keeps CNI networks apart: drops what was to enter another bridge'],
  [/^CNI-HOSTPORT-DNAT$/, 'finds the container of a published port'],
  [/^CNI-HOSTPORT-SETMARK$/, "marks packets of published ports that need the host's address"],
  [/^CNI-HOSTPORT-MASQ$/, 'hides marked packets of published ports behind this host'],
  [/^CNI-SN-[0-9a-f]+$/, 'gives packets of a published port a source address that leads the answer back'],
  [/^CNI-DN-[0-9a-f]{21}$/, 'turns published ports of one container into its address (DNAT)'],
  [/^CNI-[0-9a-f]{24}$/, 'gives one container the address of this host on its way out'],
];

const tables: Readonly<Record<string, string>> = {
  cni_hostport: 'published ports of CNI containers',
  cni_plugins_masquerade: 'gives CNI containers the address of this host on their way out',
};

const purposeOf = (name: string): string | undefined => chains.find(([pattern]) => pattern.test(name))?.[1];

export const cniSystem: System = {
  name: 'cni',
  labelTable({ table }) {
    const purpose = table.backend === 'nft' ? tables[table.name] : undefined;
    return purpose === undefined ? undefined : cni(purpose);
  },
  labelChain({ table, chain }) {
    const native = table.backend === 'nft' ? tables[table.name] : undefined;
    if (native !== undefined) return cni(native);
    const purpose = purposeOf(chain.name);
    return purpose === undefined ? undefined : cni(purpose);
  },
  labelRule({ table, chain, words, names, rule }) {
    const native = table.backend === 'nft' ? tables[table.name] : undefined;
    const inside = native ?? purposeOf(chain.name);
    const network = /name: \\?"([^"\\]+)\\?"/.exec(rule.comments[0] ?? '')?.[1];
    const of = network === undefined ? '' : ` (network ${network})`;
    if (inside !== undefined && words.target === 'DNAT')
      return cni(
        `publishes ${words.dport?.value ?? '?'}/${words.proto ?? '?'} → ${names.target(words.to ?? '?')}${of}`,
      );
    const goesTo = purposeOf(words.target ?? '');
    if (goesTo !== undefined) return cni(`${goesTo}${of}`);
    if (inside === undefined) return undefined;
    if (words.target === 'MASQUERADE') return cni(`hides packets behind the address of the link they leave by${of}`);
    if (words.ctstate !== undefined && words.target === 'ACCEPT')
      return cni(`lets replies back to ${names.prefix(words.dst?.value ?? 'containers')}${of}`);
    return cni(`${inside}${of}`);
  },
  labelLink({ link }) {
    if (link.kind !== 'bridge' || !/^(cni\d+|nerdctl\d+)$/.test(link.facts.ifname)) return undefined;
    return labelOf('CNI', 'name only')('named like the bridge of a CNI network');
  },
  labelNetns({ netns }) {
    return /^cni-[0-9a-f-]{36}$/.test(netns.facts.names[0] ?? '')
      ? labelOf('CNI', 'likely')('network namespace of a container or pod')
      : undefined;
  },
};
