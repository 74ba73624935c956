/**
 * How a recording is laid out: every answer of a host as readable files, in a folder or the same folder as .tar.gz.
 *
 *     host.json                     {"format", "recordedAt", "facts": HostFacts}
 *     gaps.json                     {"host": [Gap …], "netns": […], "engines": […], "containerFiles": […]}
 *     netns/<inode>/                one folder a netns; `hidden-<n>` when only an nsid is known of it
 *       netns.json                  dev, inode, isHost, names, holders, nsids
 *       links.json                  ip -j -d -s link show
 *       addresses.json              ip -j -d addr show
 *       routes.json routes6.json    ip [-6] -j -d route show table all
 *       rules.json rules6.json      ip [-6] -j -d rule show
 *       neighbours.json             ip -j -d neigh show
 *       fdb.json vlans.json         bridge -j -d fdb show; bridge -j vlan show
 *       sysctls.txt                 sysctl -a --pattern '^net\.'
 *       sockets.json or ss.txt      ours; or ss -Hlntup
 *       ip_vs.txt                   cat /proc/net/ip_vs; of a recording of ours it is in netns.json
 *       conntrack.json              {"count", "max"}
 *       counters.json               counters of lost packets by name, of the host's own netns
 *       ruleset.json                which tables the kernel said there are
 *       iptables-save.txt ip6tables-save.txt iptables-legacy-save.txt ip6tables-legacy-save.txt
 *       nft.json nft-hooks.json     nft -j list ruleset; nft -j list hooks
 *       ipset-save.txt              ipset save
 *     engines/<kind>-<n>/           one folder an engine
 *       engine.json                 kind, socket, pid
 *       version.json info.json      GET /version, GET /info
 *       containers.json             docker inspect of all containers
 *       networks.json               docker network inspect of all networks
 *     containers/<full id>/         resolv.conf and hosts of a container
 *     open-vswitch.json             {"tables": {"Bridge", "Port", "Interface"}, "flows"}; or ovs-Bridge.json, ovs-Port.json, ovs-Interface.json as
 *                                   `ovs-vsctl --format=json list TABLE` prints them, and ovs-flows-<bridge>.txt
 *
 * What people write down with the tools themselves, named and laid out otherwise, is brought into this layout by adopt-capture.ts, also what the
 * tools print for people (printed/).
 *
 * A person can make one with a shell: every file is optional. Without host.json the folder's name is the host's name; without netns.json
 * a netns is known by the name of its folder; files of netns/<inode>/ that lie at the top belong to the host's own netns. What a tool
 * left out (`ip -j` without -d prints no route types) gets the value the tool means by leaving it out.
 *
 * Redaction (`--redact`): see redact.ts.
 */

export const recordingFormat = 'vethscope-recording/1';

/** The files of one netns that hold a list of facts: part of the Netns → file name. */
export const listFiles = {
  links: 'links.json',
  addresses: 'addresses.json',
  routes: 'routes.json',
  routes6: 'routes6.json',
  neighbours: 'neighbours.json',
  fdb: 'fdb.json',
  vlans: 'vlans.json',
  sockets: 'sockets.json',
} as const;

/** The files that hold rule texts as their tool printed them: part of the RulesetText → file name. */
export const rulesetFiles = {
  iptablesNft: 'iptables-save.txt',
  ip6tablesNft: 'ip6tables-save.txt',
  iptablesLegacy: 'iptables-legacy-save.txt',
  ip6tablesLegacy: 'ip6tables-legacy-save.txt',
  nft: 'nft.json',
  nftHooks: 'nft-hooks.json',
  ipsets: 'ipset-save.txt',
} as const;

/** Path inside the recording → text. */
export type FileTree = ReadonlyMap<string, string>;

/** Bounds on what is read: a recording comes from strangers. */
export const recordingLimits = {
  files: 50_000,
  fileBytes: 64 * 1024 * 1024,
  totalBytes: 512 * 1024 * 1024,
} as const;
