/** Docker's own nft tables (firewall-backend nftables, since 29). */
import { portText } from './docker-rules.ts';
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const docker = labelOf('Docker');

const tables: Readonly<Record<string, string>> = {
  'docker-bridges': "Docker's rules for its bridge networks (nftables backend)",
  'docker-overlay': "Docker's rules for encrypted overlay networks",
  'docker-dns': "leads name queries for 127.0.0.11 to the engine's resolver inside this container",
};

const chains: Readonly<Record<string, string>> = {
  'filter-FORWARD': 'sends forwarded packets to the rules of the bridge they enter and of the bridge they leave',
  'nat-PREROUTING': "looks up published ports for packets that come in for one of the host's own addresses",
  'nat-OUTPUT': 'looks up published ports for packets made on this host for one of its own addresses',
  'nat-POSTROUTING': 'sends packets to the address rules of the bridge they come from and of the bridge they go to',
  'nat-prerouting-and-output': 'turns published ports into container addresses (DNAT)',
  'raw-PREROUTING': 'drops what was sent straight to a container address from outside',
  'enc-out': 'marks VXLAN packets of encrypted overlays so that they leave encrypted',
  'enc-in': 'drops VXLAN packets of encrypted overlays that came in unencrypted',
  'dns-dnat': "leads name queries for 127.0.0.11 to the engine's resolver inside this container",
  'dns-snat': "gives answers of the engine's resolver their port 53 back",
};

const perBridge: Readonly<Record<string, string>> = {
  'filter-forward-in': 'decides what may enter',
  'filter-forward-out': 'decides what may leave',
  'nat-postrouting-in': 'gives a new source address to packets that enter',
  'nat-postrouting-out': 'gives a new source address to packets that leave',
};

const bridgeOf = (chain: string): readonly [string, string] | undefined => {
  const [part, bridge] = chain.split(/__(.*)/s);
  return part === undefined || bridge === undefined ? undefined : [part, bridge];
};

/** The comments are Docker's own handles for its rules, the same in every 29.x. */
function labelByComment(subject: RuleSubject): Label | undefined {
  const { chain, rule, words, names } = subject;
  const bridge = names.link(bridgeOf(chain.name)?.[1] ?? 'the bridge');
  const apart = words.target === 'DROP';
  switch (rule.comments[0]) {
    case 'ICC':
      return docker(
        apart ? `keeps containers of ${bridge} apart (icc=false)` : `lets containers of ${bridge} talk to each other`,
      );
    case 'OUTGOING':
      return docker(`lets containers of ${bridge} out`);
    case 'UNPUBLISHED PORT DROP':
      return docker(`drops what comes from elsewhere for a port of ${bridge} that is not published`);
    case 'UNPROTECTED':
      return docker(`lets everybody reach containers of ${bridge} (gateway mode without protection)`);
    case 'ICMP':
      return docker(`lets ping and ICMP errors reach containers of ${bridge}`);
    case 'DNAT':
      return docker(`publishes ${portText(words)} → ${names.target(words.to ?? '?')}`);
    case 'MASQUERADE':
      return docker(`hides containers of ${bridge} behind the address of the link they leave by`);
    case 'SNAT':
      return docker(`hides containers of ${bridge} behind ${words.to ?? 'one address'}`);
    case 'MASQUERADE FROM HOST':
    case 'SNAT FROM HOST':
      return docker('hides the host itself behind the bridge, for published ports reached from the host');
    case 'MASQ TO OWN PORT':
      return docker(`lets ${names.prefix(words.src?.value ?? 'a container')} reach its own published port`);
    case 'DROP DIRECT ACCESS':
      return docker(
        `drops what was sent straight to ${names.prefix(words.dst?.value ?? 'a container')} from outside its bridge`,
      );
    case 'DROP REMOTE LOOPBACK':
      return docker('keeps a port published on loopback to this host alone');
    case 'ACCEPT WSL2 LOOPBACK':
      return docker('lets the WSL2 mirror link reach a port published on loopback');
    case 'ALLOW FW MARK':
      return docker('accepts packets that carry the mark set with --bridge-accept-fwmark');
    case 'INTERNAL NETWORK INGRESS':
      return docker(`lets nothing from outside into internal network ${bridge}`);
    case 'INTERNAL NETWORK EGRESS':
      return docker(`lets nothing out of internal network ${bridge}`);
    default:
      return undefined;
  }
}

export const dockerNftables: System = {
  name: 'docker nftables',
  labelTable({ table }) {
    const purpose = table.backend === 'nft' ? tables[table.name] : undefined;
    return purpose === undefined ? undefined : docker(purpose);
  },
  labelChain({ table, chain, names }) {
    if (table.backend !== 'nft' || tables[table.name] === undefined) return undefined;
    const purpose = chains[chain.name];
    if (purpose !== undefined) return docker(purpose);
    const parts = bridgeOf(chain.name);
    const role = parts === undefined ? undefined : perBridge[parts[0]];
    return parts === undefined || role === undefined ? undefined : docker(`${role} ${names.link(parts[1])}`);
  },
  labelRule(subject) {
    const { table, chain, words, names } = subject;
    if (table.backend !== 'nft' || tables[table.name] === undefined) return undefined;
    const byComment = labelByComment(subject);
    if (byComment !== undefined) return byComment;
    const bridge = names.link(bridgeOf(chain.name)?.[1] ?? 'the bridge');
    if (words.ctstate !== undefined && words.target === 'ACCEPT')
      return docker(
        chain.name.startsWith('filter-forward-in__')
          ? `lets replies back to ${bridge}`
          : `lets replies out of ${bridge}`,
      );
    if (chain.name === 'nat-PREROUTING' || chain.name === 'nat-OUTPUT') return docker('looks up published ports');
    if (/vmap/.test(subject.rule.text)) return docker('picks the rules of the bridge concerned');
    if (words.in?.value === 'loopback0') return docker('leaves packets of the WSL2 mirror link untranslated');
    if (words.target === 'ACCEPT' && words.dport !== undefined)
      return docker(
        `accepts packets for ${names.prefix(words.dst?.value ?? 'a container')} port ${words.dport.value}/${words.proto ?? '?'}`,
      );
    return undefined;
  },
};
