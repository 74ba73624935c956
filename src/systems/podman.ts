/** Podman: netavark (iptables and nftables) and what its networks leave on a host. */
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const podman = labelOf('Podman (netavark)');

const chains: readonly (readonly [RegExp, string])[] = [
  [/^NETAVARK_FORWARD$/, 'lets packets of Podman networks pass through'],
  [/^NETAVARK_INPUT$/, 'lets containers reach the name server of their network'],
  [/^NETAVARK_ISOLATION_\d$/, 'keeps isolated Podman networks apart'],
  [/^NETAVARK-HOSTPORT-DNAT$/, 'finds the container of a published port'],
  [/^NETAVARK-HOSTPORT-SETMARK$/, "marks packets of published ports that need the host's address"],
  [/^NETAVARK-HOSTPORT-MASQ$/, 'hides marked packets of published ports behind this host'],
  [/^NETAVARK-DN-[0-9A-F]{13}$/, 'turns published ports of one network into container addresses (DNAT)'],
  [/^NETAVARK-[0-9A-F]{13}$/, 'gives containers of one network the address of this host on their way out'],
];

const native: Readonly<Record<string, string>> = {
  INPUT: 'lets containers reach the name server of their network',
  FORWARD: 'lets packets of Podman networks pass through, and keeps isolated ones apart',
  POSTROUTING: 'gives containers the address of this host on their way out',
  PREROUTING: 'finds the container of a published port, for packets that come in',
  OUTPUT: 'finds the container of a published port, for packets made on this host',
  'NETAVARK-HOSTPORT-DNAT': 'finds the container of a published port',
  'NETAVARK-HOSTPORT-SETMARK': "marks packets of published ports that need the host's address",
  'NETAVARK-ISOLATION-1': 'keeps isolated Podman networks apart: picks what leaves one bridge for another link',
  'NETAVARK-ISOLATION-2': 'keeps isolated Podman networks apart: drops what was to enter another isolated bridge',
  'NETAVARK-ISOLATION-3': 'keeps isolated Podman networks apart: drops what was to enter any bridge',
};

const purposeOf = (name: string): string | undefined => chains.find(([pattern]) => pattern.test(name))?.[1];

function labelRule({ chain, words, names, rule, table }: RuleSubject): Label | undefined {
  const goesTo = purposeOf(words.target ?? '');
  const inside = purposeOf(chain.name) !== undefined || (table.backend === 'nft' && table.name === 'netavark');
  if (words.target === 'DNAT')
    return inside
      ? podman(`publishes ${words.dport?.value ?? '?'}/${words.proto ?? '?'} → ${names.target(words.to ?? '?')}`)
      : undefined;
  const network = /name: (\S+) id: /.exec(rule.comments[0] ?? '')?.[1];
  if (network !== undefined && inside)
    return podman(`looks up published port ${words.dport?.value ?? '?'}/${words.proto ?? '?'} on network ${network}`);
  if (goesTo !== undefined) return podman(goesTo);
  if (!inside) return undefined;
  if (words.target === 'MASQUERADE') return podman('hides packets behind the address of the link they leave by');
  if (words.target === 'DROP')
    return podman(`keeps other networks out of ${names.link(words.out?.value ?? 'an isolated network')}`);
  if (words.ctstate !== undefined && words.target === 'ACCEPT')
    return podman(`lets replies back to ${words.dst?.value ?? 'containers'}`);
  if (words.src !== undefined && words.target === 'ACCEPT') return podman(`lets packets of ${words.src.value} pass`);
  return podman(purposeOf(chain.name) ?? native[chain.name] ?? 'a rule of a Podman network');
}

export const podmanSystem: System = {
  name: 'podman',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'netavark' ? podman("Podman's rules for its networks") : undefined;
  },
  labelChain({ table, chain }) {
    if (table.backend === 'nft') {
      if (table.name !== 'netavark') return undefined;
      const perNetwork = /^nv_[0-9a-f]+_(.+?)(_dnat)?$/.exec(chain.name);
      if (perNetwork !== null)
        return podman(
          perNetwork[2] === undefined
            ? `gives containers of ${perNetwork[1]} the address of this host on their way out`
            : `turns published ports of ${perNetwork[1]} into container addresses (DNAT)`,
        );
      return podman(native[chain.name] ?? 'a Podman chain of a kind not known here');
    }
    const purpose = purposeOf(chain.name);
    if (purpose !== undefined) return podman(purpose);
    return /^NETAVARK[-_]/.test(chain.name)
      ? labelOf('Podman (netavark)', 'name only')('named like a Podman chain, of a kind not known here')
      : undefined;
  },
  labelRule,
  labelLink({ link }) {
    if (link.kind === 'bridge' && /^(podman\d+|cni-podman\d+)$/.test(link.facts.ifname))
      return labelOf('Podman', 'name only')('named like the bridge of a Podman network');
    return undefined;
  },
  labelNetns({ netns }) {
    const name = netns.facts.names[0] ?? '';
    if (/^rootless-(netns|cni-ns)/.test(name))
      return labelOf('Podman', 'likely')('holds the bridges of rootless containers');
    return /^netns-[0-9a-f-]{36}$/.test(name)
      ? labelOf('Podman', 'likely')('network namespace of a container or pod')
      : undefined;
  },
};
