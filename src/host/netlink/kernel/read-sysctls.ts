/** The sysctls that decide about packets and are not in link messages: read from /proc/sys/net, which shows the calling thread's netns. */
import { readSmallFile } from './small-file.ts';

/** Under /proc/sys/net, per netns. A dot in the name is a slash in the path. */
export const perNetns: readonly string[] = [
  'ipv4.ip_forward',
  'ipv4.ip_local_port_range',
  'ipv4.ip_local_reserved_ports',
  'ipv4.ip_unprivileged_port_start',
  'ipv4.ip_nonlocal_bind',
  'ipv4.ip_no_pmtu_disc',
  'ipv4.ip_forward_use_pmtu',
  'ipv4.ip_default_ttl',
  'ipv4.ip_early_demux',
  'ipv4.icmp_echo_ignore_all',
  'ipv4.icmp_echo_ignore_broadcasts',
  'ipv4.fib_multipath_hash_policy',
  'ipv4.fib_multipath_use_neigh',
  'ipv4.fwmark_reflect',
  'ipv4.tcp_fwmark_accept',
  'ipv4.tcp_l3mdev_accept',
  'ipv4.udp_l3mdev_accept',
  'ipv4.tcp_mtu_probing',
  'ipv4.vs.conntrack',
  'ipv6.bindv6only',
  'ipv6.ip_nonlocal_bind',
  'ipv6.fib_multipath_hash_policy',
  'bridge.bridge-nf-call-iptables',
  'bridge.bridge-nf-call-ip6tables',
  'bridge.bridge-nf-call-arptables',
  'bridge.bridge-nf-filter-vlan-tagged',
  'netfilter.nf_conntrack_max',
  'netfilter.nf_conntrack_count',
  'netfilter.nf_conntrack_tcp_loose',
  'netfilter.nf_conntrack_tcp_be_liberal',
  'netfilter.nf_conntrack_helper',
];

/** One value for the whole machine, shown in the host netns only. */
export const hostOnly: readonly string[] = [
  'ipv4.neigh.default.gc_thresh1',
  'ipv4.neigh.default.gc_thresh2',
  'ipv4.neigh.default.gc_thresh3',
  'ipv6.neigh.default.gc_thresh1',
  'ipv6.neigh.default.gc_thresh2',
  'ipv6.neigh.default.gc_thresh3',
  'netfilter.nf_conntrack_buckets',
  'core.netdev_max_backlog',
  'core.somaxconn',
];

/** Switches of links that decide what becomes of a packet. */
export const deciding4: readonly string[] = [
  'forwarding',
  'rp_filter',
  'route_localnet',
  'accept_local',
  'proxy_arp',
  'proxy_arp_pvlan',
  'arp_ignore',
  'arp_announce',
  'arp_filter',
  'src_valid_mark',
  'ignore_routes_with_linkdown',
  'bc_forwarding',
];
export const deciding6: readonly string[] = [
  'forwarding',
  'disable_ipv6',
  'accept_ra',
  'proxy_ndp',
  'ignore_routes_with_linkdown',
];

/** `all` is combined with each link's own value (and, or, max: see Documentation/networking/ip-sysctl). */
const conf4All = [
  ...deciding4,
  'send_redirects',
  'accept_redirects',
  'log_martians',
  'accept_source_route',
  'mc_forwarding',
  'drop_unicast_in_l2_multicast',
];
const conf6All = [...deciding6, 'accept_source_route'];
/** `default` only matters for links made later. */
const conf4Default = [
  'forwarding',
  'rp_filter',
  'route_localnet',
  'accept_local',
  'arp_ignore',
  'arp_announce',
  'proxy_arp',
];
const conf6Default = ['forwarding', 'disable_ipv6', 'accept_ra'];

const conf = (family: string, scope: string, names: readonly string[]): readonly string[] =>
  names.map((name) => `${family}.conf.${scope}.${name}`);

const everywhere: readonly string[] = [
  ...perNetns,
  ...conf('ipv4', 'all', conf4All),
  ...conf('ipv4', 'default', conf4Default),
  ...conf('ipv6', 'all', conf6All),
  ...conf('ipv6', 'default', conf6Default),
];

const withPaths = (names: readonly string[]): readonly (readonly [name: string, path: string])[] =>
  names.map((name) => [name, `/proc/sys/net/${name.replaceAll('.', '/')}`]);
const paths = withPaths(everywhere);
const hostPaths = withPaths([...everywhere, ...hostOnly]);

/** Names whose file is not there are left out: this kernel, or this netns, has no such switch. */
export const readSysctls = (isHost: boolean): Readonly<Record<string, string>> => {
  const values: Record<string, string> = {};
  for (const [name, path] of isHost ? hostPaths : paths) {
    const text = readSmallFile(path);
    if (text !== undefined) values[name] = text.trim().replaceAll('\t', ' ');
  }
  return values;
};

/** How full the connection table of this netns is; empty when connection tracking is not there. */
export const readConntrack = (): { readonly count?: number; readonly max?: number } => {
  const number = (name: string): number | undefined => {
    const text = readSmallFile(`/proc/sys/net/netfilter/${name}`);
    return text === undefined ? undefined : Number(text);
  };
  const count = number('nf_conntrack_count');
  const max = number('nf_conntrack_max');
  return { ...(count === undefined ? {} : { count }), ...(max === undefined ? {} : { max }) };
};
