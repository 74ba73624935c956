/** The source address the kernel puts on a packet that has none: inet_select_addr and ipv6_dev_get_saddr. */
import type { LinkNode } from '../../graph/graph.ts';
import type { AddressInfo } from '../../model/link.ts';
import type { IpAddress } from '../../std/ip-address.ts';
import { commonPrefixLength, parseAddress, prefixContains } from '../../std/ip-address.ts';
import { isOn, orSysctl } from '../sysctls.ts';
import type { NetnsView } from '../world.ts';

/** rtnetlink(7)'s scopes; the smaller the wider. */
const scopes: Readonly<Record<string, number>> = { global: 0, site: 200, link: 253, host: 254, nowhere: 255 };
export const scopeNumber = (scope: string | undefined): number => scopes[scope ?? 'global'] ?? Number(scope ?? 0);

const inSubnet = (info: AddressInfo, address: string): boolean => {
  // On a point-to-point link the subnet is the peer's.
  const own = parseAddress(info.address ?? info.local);
  const other = parseAddress(address);
  return own !== undefined && other !== undefined && prefixContains({ ...own, length: info.prefixlen }, other);
};

const primaries = (link: LinkNode, family: 'inet' | 'inet6'): readonly AddressInfo[] =>
  link.addresses.filter((info) => info.family === family && !info.secondary);

/**
 * First primary address of the link whose subnet holds `towards`, else its first, else the first of any other link. Only addresses
 * of `scope` or wider count (RT_SCOPE_UNIVERSE 0, RT_SCOPE_LINK 253).
 */
export const selectIpv4Source = (
  view: NetnsView,
  link: LinkNode | undefined,
  towards: string | undefined,
  scope: number,
): string | undefined => {
  if (link !== undefined) {
    // route_localnet lets 127/8 (scope host) pass as scope link.
    const widest = isOn(orSysctl(view, link.facts.ifname, 'route_localnet')) ? 253 : 254;
    const fit = primaries(link, 'inet').filter((info) => Math.min(scopeNumber(info.scope), widest) <= scope);
    const best = fit.find((info) => towards === undefined || inSubnet(info, towards)) ?? fit[0];
    if (best !== undefined) return best.local;
  }
  for (const other of view.links) {
    const info = primaries(other, 'inet').find(({ scope: own }) => own !== 'link' && scopeNumber(own) <= scope);
    if (info !== undefined) return info.local;
  }
  return undefined;
};

const linkLocal = { family: 6, value: 0xfe80n << 112n, length: 10 } as const;
const uniqueLocal = { family: 6, value: 0xfcn << 120n, length: 7 } as const;
const loopback6 = 1n;

/** __ipv6_addr_src_scope: interface-local 1, link-local 2, global 14. */
const scopeOf = (address: IpAddress): number => {
  if (address.value === loopback6 || prefixContains(linkLocal, address)) return 2;
  // Multicast carries its scope itself.
  return address.value >> 120n === 0xffn ? Number((address.value >> 112n) & 0xfn) : 14;
};

/** RFC 6724 section 2.1, the rows that differ in practice. */
const labelOf = (address: IpAddress): number => {
  if (address.value === loopback6) return 0;
  if (prefixContains(uniqueLocal, address)) return 5;
  const row = labelRows.find(({ prefix }) => prefixContains(prefix, address));
  return row?.label ?? 1;
};
const labelRows = [
  { prefix: { family: 6, value: 0xffffn << 32n, length: 96 }, label: 4 },
  { prefix: { family: 6, value: 0x2001n << 112n, length: 32 }, label: 6 },
  { prefix: { family: 6, value: 0x2002n << 112n, length: 16 }, label: 2 },
  { prefix: { family: 6, value: 0n, length: 96 }, label: 3 },
] as const;

interface Candidate {
  readonly info: AddressInfo;
  readonly link: LinkNode;
  readonly address: IpAddress;
}

/** Greater is better, compared from the left: the order of the rules in ipv6_get_saddr_eval. */
const score = (candidate: Candidate, out: LinkNode | undefined, target: IpAddress): readonly number[] => {
  const own = scopeOf(candidate.address);
  const wanted = scopeOf(target);
  return [
    candidate.address.value === target.value ? 1 : 0,
    own >= wanted ? 1000 - own : own - 1000,
    candidate.info.deprecated ? 0 : 1,
    candidate.link.id === out?.id ? 1 : 0,
    labelOf(candidate.address) === labelOf(target) ? 1 : 0,
    Math.min(commonPrefixLength(candidate.address, target), candidate.info.prefixlen),
  ];
};

const isBetter = (a: readonly number[], b: readonly number[]): boolean => {
  const at = a.findIndex((value, n) => value !== b[n]);
  return at >= 0 && a[at]! > b[at]!;
};

/** RFC 6724 as the kernel does it; link-local targets only take addresses of the link they leave by. */
export const selectIpv6Source = (
  view: NetnsView,
  out: LinkNode | undefined,
  destination: string,
): string | undefined => {
  const target = parseAddress(destination);
  if (target === undefined) return undefined;
  const links = scopeOf(target) <= 2 && target.value !== loopback6 ? (out ? [out] : []) : view.links;
  let best: { readonly candidate: Candidate; readonly score: readonly number[] } | undefined;
  for (const link of links) {
    for (const info of link.addresses) {
      const address = info.family === 'inet6' ? parseAddress(info.local) : undefined;
      if (address === undefined || info.tentative || info.dadfailed) continue;
      const candidate = { info, link, address };
      const own = score(candidate, out, target);
      if (best === undefined || isBetter(own, best.score)) best = { candidate, score: own };
    }
  }
  return best?.candidate.info.local;
};
