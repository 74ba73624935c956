/** Whether this machine has what a test needs: privileges, tools, kernel features, a Docker engine, other engines' roots. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';

export type KernelFeature = keyof typeof KERNEL_PROBES;
export type Suite = 'bullseye' | 'bookworm' | 'trixie' | 'forky';

/**
 * root: uid 0 with CAP_SYS_ADMIN and CAP_NET_ADMIN; docker: everything a lab host with an engine needs;
 * checkout: this is a git checkout, no unpacked archive;
 * engine:SUITE: a Debian root of that suite with its docker.io in it (VETHSCOPE_LAB_ROOTS); tool:NAME: on PATH;
 * kernel:FEATURE: the kernel can make one.
 */
export type Need = 'root' | 'docker' | 'checkout' | `engine:${Suite}` | `tool:${string}` | `kernel:${KernelFeature}`;

const VETH = 'ip link add va type veth peer name vb && ';

/** Each is tried in a netns of its own that ends with the command. */
const KERNEL_PROBES = {
  veth: 'ip link add va type veth peer name vb',
  bridge: 'ip link add test0 type bridge',
  br_netfilter: 'ip link add test0 type bridge && test -e /proc/sys/net/bridge/bridge-nf-call-iptables',
  macvlan: `${VETH}ip link add link va name test0 type macvlan mode bridge`,
  ipvlan: `${VETH}ip link add link va name test0 type ipvlan`,
  vlan: `${VETH}ip link add link va name test0 type vlan id 20`,
  vlan_filtering: 'ip link add test0 type bridge vlan_filtering 1',
  vxlan: 'ip link add test0 type vxlan id 7 dstport 4789',
  dummy: 'ip link add test0 type dummy',
  tun: 'ip tuntap add dev test0 mode tun',
  vrf: 'ip link add test0 type vrf table 10',
  bond: 'ip link add test0 type bond',
  nft: 'nft add table inet probe',
  'nft-links': `${VETH}nft add table netdev probe && nft add chain netdev probe out '{ type filter hook egress device va priority 0 ; }'`,
  'iptables-nft': 'iptables-nft -A FORWARD -j ACCEPT',
  'iptables-legacy': 'iptables-legacy -A FORWARD -j ACCEPT',
  netem: `${VETH}tc qdisc add dev va root netem loss 10%`,
  cgroup_kill: `d=$(awk '$3 == "cgroup2" { print $2; exit }' /proc/mounts)/probe$$; mkdir "$d" && test -e "$d/cgroup.kill"; r=$?; rmdir "$d"; exit $r`,
  ipv6: 'test -e /proc/sys/net/ipv6/conf/lo/disable_ipv6',
} as const;

/** The Debian package that brings a tool of another name. */
const PACKAGES: Readonly<Record<string, string>> = {
  ip: 'iproute2',
  bridge: 'iproute2',
  tc: 'iproute2',
  nft: 'nftables',
  dockerd: 'docker.io',
  docker: 'docker.io',
  containerd: 'containerd',
  busybox: 'busybox-static',
  nsenter: 'util-linux',
  unshare: 'util-linux',
  brctl: 'bridge-utils',
  ping: 'iputils-ping',
  ssh: 'openssh-client',
  sshd: 'openssh-server',
};

/** Tools of a lab host with an engine. */
const DOCKER_TOOLS = ['ip', 'iptables', 'unshare', 'nsenter', 'busybox', 'dockerd', 'containerd', 'runc', 'docker'];

const memo = new Map<Need, string | undefined>();

/** Undefined when the machine has it; else one line: what is missing and how to get it. */
export const missingNeed = (need: Need): string | undefined => {
  if (!memo.has(need)) memo.set(need, probe(need));
  return memo.get(need);
};

const probe = (need: Need): string | undefined => {
  if (need === 'root') return missingRoot();
  if (need === 'docker') return missingRoot() ?? DOCKER_TOOLS.map(missingTool).find((reason) => reason !== undefined);
  if (need === 'checkout') return existsSync('.git') ? undefined : 'no git checkout (clone the repository)';
  const [kind, name = ''] = need.split(':');
  if (kind === 'tool') return missingTool(name);
  if (kind === 'engine') return missingNeed('docker') ?? missingEngineRoot(name);
  return missingRoot() ?? missingTool('unshare') ?? missingTool('ip') ?? missingFeature(name as KernelFeature);
};

const CAP_NET_ADMIN = 12n;
const CAP_SYS_ADMIN = 21n;

const missingRoot = (): string | undefined => {
  if (process.platform !== 'linux') return 'not Linux';
  if (process.geteuid?.() !== 0) return 'not root (run as root)';
  const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '0';
  const has = (capability: bigint) => ((BigInt(`0x${effective}`) >> capability) & 1n) === 1n;
  return has(CAP_NET_ADMIN) && has(CAP_SYS_ADMIN) ? undefined : 'root without CAP_SYS_ADMIN or CAP_NET_ADMIN';
};

/** The tool's path, or undefined. */
export const findTool = (name: string): string | undefined =>
  `${process.env['PATH'] ?? ''}${delimiter}/usr/sbin${delimiter}/sbin`
    .split(delimiter)
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });

const missingTool = (name: string): string | undefined =>
  findTool(name) === undefined ? `no ${name} (apt-get install ${PACKAGES[name] ?? name})` : undefined;

const missingFeature = (feature: KernelFeature): string | undefined => {
  const run = spawnSync('unshare', ['--net', 'sh', '-c', KERNEL_PROBES[feature]], { encoding: 'utf8' });
  return run.status === 0
    ? undefined
    : `this kernel or its tools cannot make ${feature} (${run.stderr.trim().split('\n')[0] || 'no such feature'})`;
};

/** Where the Debian root of another suite lies; undefined when there is none. */
export const findEngineRoot = (suite: string): string | undefined => {
  const roots = process.env['VETHSCOPE_LAB_ROOTS'];
  const root = roots === undefined ? undefined : join(roots, suite);
  return root !== undefined && existsSync(join(root, 'usr/sbin/dockerd')) ? root : undefined;
};

const waitUntil = Date.now() + 600_000;

/** A root in the making (`SUITE.part`, see .ci/run) is waited for. */
const waitForEngineRoot = (suite: string): void => {
  const roots = process.env['VETHSCOPE_LAB_ROOTS'];
  const pause = new Int32Array(new SharedArrayBuffer(4));
  while (roots !== undefined && existsSync(join(roots, `${suite}.part`)) && Date.now() < waitUntil)
    Atomics.wait(pause, 0, 0, 250);
};

const missingEngineRoot = (suite: string): string | undefined => {
  waitForEngineRoot(suite);
  return findEngineRoot(suite) === undefined
    ? `no Debian ${suite} root with docker.io (set VETHSCOPE_LAB_ROOTS to a folder with ${suite}/ from debootstrap)`
    : undefined;
};
