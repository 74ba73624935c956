/**
 * What people leave out who write a container's netns down, because it is the same in all: the policy rules and settings a netns is made
 * with. A container may hardly change them (/proc/sys is read-only there, CAP_NET_ADMIN is not given); each assumption is told as a gap.
 */

interface Assumption {
  readonly file: string;
  readonly text: string;
  readonly source: string;
  readonly detail: string;
}

/** fib_default_rules_init. */
const kernelRules = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
];

/** Rules of one's own lead to tables of one's own. */
const usesOnlyOwnTables = (routes: string | undefined): boolean =>
  routes !== undefined && !/"table":\s*"(?!main"|local"|default"|254"|255"|253")/.test(routes);

/** Off unless somebody turned them on, and nobody does on a host. rp_filter is no such: distributions differ. */
const off = [
  'accept_local',
  'proxy_arp',
  'proxy_arp_pvlan',
  'route_localnet',
  'arp_ignore',
  'arp_filter',
  'src_valid_mark',
];

const linkNames = (links: string | undefined): readonly string[] => {
  try {
    const list: unknown = JSON.parse(links ?? '[]');
    return (Array.isArray(list) ? list : []).flatMap(({ ifname }: { readonly ifname?: unknown }) =>
      typeof ifname === 'string' ? [ifname] : [],
    );
  } catch {
    return [];
  }
};

const settings = (links: string | undefined): string =>
  ['all', 'default', ...linkNames(links)]
    .flatMap((name) => [
      ...off.map((key) => `net.ipv4.conf.${name}.${key} = 0`),
      // Docker turns it on for the machine, and each new netns has what the first one has (devconf_inherit_init_net).
      `net.ipv4.conf.${name}.forwarding = 1`,
    ])
    .join('\n');

export const assumeUnwritten = (files: ReadonlyMap<string, string>): readonly Assumption[] => {
  const rules: readonly Assumption[] =
    !files.has('rules.json') && usesOnlyOwnTables(files.get('routes.json'))
      ? [
          {
            file: 'rules.json',
            text: JSON.stringify(kernelRules),
            source: 'ip rule',
            detail: 'not written down: taken to be the three every netns is made with',
          },
        ]
      : [];
  const sysctls: readonly Assumption[] = files.has('sysctls.txt')
    ? []
    : [
        {
          file: 'sysctls.txt',
          text: settings(files.get('links.json')),
          source: 'sysctl',
          detail: `not written down: forwarding taken to be on, ${off.join(', ')} off`,
        },
      ];
  return [...rules, ...sysctls];
};
