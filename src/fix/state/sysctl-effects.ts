/** Sysctls that the kernel writes along with another one. */
import type { Bare } from './find-touched.ts';

const escaped = (text: string): string => text.replaceAll('.', '\\.');

/** One switch of all links and of `all` and `default`. */
const ofEveryLink = (family: 'ipv4' | 'ipv6', key: string): Bare => ({
  kind: 'sysctls',
  pattern: `^net\\.${family}\\.conf\\..*\\.${escaped(key)}$`,
  effect: true,
});

/**
 * net/ipv4/devinet.c: inet_forward_change (also turns conf.all.accept_redirects round), devinet_copy_dflt_conf (`default` reaches links that
 * were never told themselves); net/ipv6/addrconf.c: addrconf_fixup_forwarding, addrconf_disable_ipv6 and others of `all`.
 */
export const sysctlEffects = (name: string): readonly Bare[] => {
  if (name === 'net.ipv4.ip_forward' || name === 'net.ipv4.conf.all.forwarding')
    return [
      ofEveryLink('ipv4', 'forwarding'),
      { kind: 'sysctls', pattern: '^net\\.ipv4\\.conf\\.all\\.accept_redirects$', effect: true },
    ];
  const [, family, scope, key = ''] = /^net\.(ipv[46])\.conf\.(.+)\.([^.]+)$/.exec(name) ?? [];
  if (key === 'disable_ipv6' && scope !== 'all' && scope !== 'default')
    return [
      { kind: 'addresses', ifname: (scope ?? '').replaceAll('/', '.'), effect: true },
      { kind: 'link-routes', family: 6, ifname: (scope ?? '').replaceAll('/', '.'), effect: true },
    ];
  if (family === 'ipv4') return scope === 'default' ? [ofEveryLink('ipv4', key)] : [];
  return family === 'ipv6' && scope === 'all' ? [ofEveryLink('ipv6', key)] : [];
};
