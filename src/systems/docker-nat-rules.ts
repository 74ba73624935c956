/** Docker's rules in the built-in chains of nat, raw and mangle, told by their shape. */
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const docker = labelOf('Docker');
const likely = labelOf('Docker', 'likely');

/** A bridge is Docker's when an engine's network says so, or a rule elsewhere in the table treats it so. */
function owns({ names, table }: RuleSubject, bridge: string): boolean {
  if (names.network(bridge) !== undefined) return true;
  for (const rule of table.chains.get('DOCKER')?.rules ?? []) {
    if (rule.text.includes(`-i ${bridge} `)) return true;
  }
  return false;
}

function labelPostrouting(subject: RuleSubject): Label | undefined {
  const { words, names, table } = subject;
  const { src, dst, out, target } = words;
  if (target !== 'MASQUERADE' && target !== 'SNAT') return undefined;
  const as = target === 'SNAT' ? `behind ${words.to ?? 'one address'}` : 'behind the address of the link they leave by';
  if (src !== undefined && dst !== undefined && !dst.not && src.value === dst.value && words.dport !== undefined)
    return docker(
      `lets ${names.prefix(src.value)} reach its own published port ${words.dport.value}/${words.proto ?? '?'}`,
    );
  if (out === undefined) return undefined;
  const make = owns(subject, out.value) ? docker : table.chains.has('DOCKER') ? likely : undefined;
  if (make === undefined) return undefined;
  if (src !== undefined && !src.not && out.not) return make(`hides containers of ${names.link(out.value)} ${as}`);
  if (words.srcType?.value === 'LOCAL' && !out.not)
    return make(
      `hides the host itself behind ${names.link(out.value)}'s own address, for published ports reached from the host`,
    );
  return undefined;
}

function labelRaw({ words, names }: RuleSubject): Label | undefined {
  const { dst, in: into, target } = words;
  if (dst === undefined || dst.not || into === undefined) return undefined;
  if (target === 'DROP' && into.not && into.value === 'lo')
    return docker(`keeps the port published on ${dst.value.replace('/32', '')} to this host alone`);
  if (target === 'DROP' && into.not)
    return docker(
      `drops what was sent straight to ${names.prefix(dst.value)} from outside ${names.link(into.value)} (since 28)`,
    );
  if (target === 'ACCEPT' && into.value === 'loopback0')
    return docker('lets the WSL2 mirror link reach a port published on loopback');
  if (target === 'ACCEPT' && !into.not)
    return likely(`lets trusted link ${into.value} reach ${names.prefix(dst.value)} directly`);
  return undefined;
}

export const dockerNatRules: System = {
  name: 'docker nat rules',
  labelRule(subject) {
    const { table, chain, words } = subject;
    if (table.backend === 'nft') return undefined;
    if (words.target === 'DOCKER' && table.name === 'nat') {
      const from = chain.name === 'OUTPUT' ? 'made on this host' : 'that come in';
      const but = words.dst?.not === true ? ', but not to loopback: there the userland proxy answers' : '';
      return docker(`looks up published ports for packets ${from} for one of the host's own addresses${but}`);
    }
    if (table.name === 'nat' && chain.name === 'POSTROUTING') return labelPostrouting(subject);
    if (table.name === 'raw' && chain.name === 'PREROUTING') return labelRaw(subject);
    if (table.name === 'mangle' && words.target === 'CHECKSUM' && words.proto === 'sctp')
      return likely('completes SCTP checksums of a published port (until 27)');
    return undefined;
  },
};
