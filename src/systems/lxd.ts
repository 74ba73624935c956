/** LXD and Incus: managed bridges for system containers and virtual machines. */
import { labelOf, type System } from './system.ts';

const makers: Readonly<Record<string, string>> = { lxd: 'LXD', incus: 'Incus' };

const chains: readonly (readonly [RegExp, string])[] = [
  [/^fwd\.(.+)$/, 'lets packets of network $1 pass through'],
  [/^pstrt\.(.+)$/, 'gives instances of network $1 the address of this host on their way out'],
  [/^in\.(.+)$/, 'lets instances of network $1 reach DNS and DHCP on this host'],
  [/^out\.(.+)$/, 'lets DNS and DHCP of this host answer instances of network $1'],
  [/^f?wdprert\.(.+)$|^prert\.(.+)$/, 'forwards addresses of network $1 to instances (DNAT)'],
  [/^aclin?\.|^aclout\.|^aclfwd\.|^acl/, 'access rules of a network'],
];

export const lxdSystem: System = {
  name: 'lxd',
  labelTable({ table }) {
    const maker = table.backend === 'nft' ? makers[table.name] : undefined;
    return maker === undefined
      ? undefined
      : labelOf(maker)(table.family === 'bridge' ? 'keeps instances from faking addresses' : 'rules of its networks');
  },
  labelChain({ table, chain }) {
    const maker = table.backend === 'nft' ? makers[table.name] : undefined;
    if (maker === undefined) return undefined;
    for (const [pattern, purpose] of chains) {
      const found = pattern.exec(chain.name);
      if (found !== null) return labelOf(maker)(purpose.replace('$1', found[1] ?? found[2] ?? ''));
    }
    return labelOf(maker)(`rules of its networks: ${chain.name}`);
  },
  labelRule({ rule }) {
    const found = /^generated for (LXD|Incus) network (.+)$/.exec(
      rule.comments.find((comment) => comment.startsWith('generated for ')) ?? '',
    );
    return found === null ? undefined : labelOf(found[1]!)(`a rule of network ${found[2]}`);
  },
  labelLink({ link }) {
    if (link.kind !== 'bridge' || !/^(lxdbr|incusbr|lxcbr)\d+$/.test(link.facts.ifname)) return undefined;
    const maker = link.facts.ifname.startsWith('lxd') ? 'LXD' : link.facts.ifname.startsWith('incus') ? 'Incus' : 'LXC';
    return labelOf(maker, 'name only')('named like the bridge of its network');
  },
};
