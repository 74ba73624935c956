/** Sysctls as the kernel combines them: of all links and of one (include/linux/inetdevice.h). */
import type { NetnsView } from './world.ts';
import { remember } from './world.ts';

export type Sysctl = { readonly name: string; readonly value: string };

/** Keys whose value for `all` and the link's own are or-ed; every other key of a link stands alone. */
export type OrKey =
  | 'route_localnet'
  | 'proxy_arp'
  | 'accept_local'
  | 'arp_filter'
  | 'send_redirects'
  | 'src_valid_mark';
/** Keys where the greater value counts. */
export type MaxKey = 'rp_filter' | 'arp_ignore' | 'arp_announce';

export const sysctl = (view: NetnsView, name: string): string | undefined => view.sysctls?.[name];

const numeric = (view: NetnsView, name: string): number | undefined => {
  const value = sysctl(view, name);
  return value === undefined ? undefined : Number(value);
};

export const linkSysctl = (view: NetnsView, family: 4 | 6, ifname: string, key: string): number | undefined =>
  numeric(view, `ipv${family}.conf.${ifname}.${key}`);

/** The one of the two settings that decides, named as sysctl names it. undefined: not read. */
const combined = (
  view: NetnsView,
  ifname: string,
  key: string,
  decide: (all: number, own: number) => 'all' | 'own',
): Sysctl | undefined => {
  const all = linkSysctl(view, 4, 'all', key);
  const own = linkSysctl(view, 4, ifname, key);
  if (all === undefined || own === undefined) return undefined;
  const which = decide(all, own) === 'all' ? 'all' : ifname;
  return { name: `net.ipv4.conf.${which}.${key}`, value: String(which === 'all' ? all : own) };
};

export const maxSysctl = (view: NetnsView, ifname: string, key: MaxKey): Sysctl | undefined =>
  combined(view, ifname, key, (all, own) => (all > own ? 'all' : 'own'));

export const orSysctl = (view: NetnsView, ifname: string, key: OrKey): Sysctl | undefined =>
  combined(view, ifname, key, (all, own) => (all !== 0 && own === 0 ? 'all' : 'own'));

/** Whether an or-ed key is on; undefined: not read. */
export const isOn = (setting: Sysctl | undefined): boolean | undefined =>
  setting === undefined ? undefined : setting.value !== '0';

/**
 * May packets that came in by this link be forwarded? IPv4 asks the link (IN_DEV_FORWARD); IPv6 asks `all`, and since 6.17 the
 * link's force_forwarding besides (ip6_forward).
 */
export const forwardingSysctl = (view: NetnsView, family: 4 | 6, ifname: string): Sysctl | undefined => {
  const forced = family === 6 ? linkSysctl(view, 6, ifname, 'force_forwarding') : undefined;
  if (forced) return { name: `net.ipv6.conf.${ifname}.force_forwarding`, value: String(forced) };
  const which = family === 6 ? 'all' : ifname;
  const value = linkSysctl(view, family, which, 'forwarding');
  return value === undefined ? undefined : { name: `net.ipv${family}.conf.${which}.forwarding`, value: String(value) };
};

/** Writing ip_forward (or conf.all.forwarding) writes it for every link too (devinet_sysctl_forward, addrconf_fixup_forwarding). */
export const withSysctl = (
  sysctls: Readonly<Record<string, string>>,
  key: string,
  value: string,
): Readonly<Record<string, string>> => {
  const name = key.replace(/^net\./, '');
  const changed: Record<string, string> = { ...sysctls, [name]: value };
  const spreads = /^ipv4\.(ip_forward|conf\.all\.forwarding)$|^ipv6\.conf\.all\.forwarding$/.test(name);
  if (!spreads) return changed;
  const family = name.slice(0, 4);
  for (const other of Object.keys(sysctls)) {
    if (other.startsWith(`${family}.conf.`) && other.endsWith('.forwarding')) changed[other] = value;
  }
  if (family === 'ipv4') changed['ipv4.ip_forward'] = value;
  return changed;
};

/** Which ports the kernel gives to whoever does not choose one. */
export const ephemeralPorts = (view: NetnsView): readonly [number, number] | undefined =>
  remember(view.memo, 'ephemeral ports', () => {
    const [first, last] = (sysctl(view, 'ipv4.ip_local_port_range') ?? '').trim().split(/\s+/).map(Number);
    return first && last ? ([first, last] as const) : undefined;
  });
