/** What kind of machine this is: name, kernel, what we may do, which tools there are. */
import { existsSync, readFileSync } from 'node:fs';
import { hostname, release } from 'node:os';
import type { HostId } from '../model/ids.ts';
import type { HostFacts } from '../model/snapshot.ts';
import { commandPath } from './run-command.ts';

/** Every tool something in vethscope runs, reads with or proposes. */
export const tools = [
  'arping',
  'bridge',
  'conntrack',
  'docker',
  'dumpcap',
  'ethtool',
  'firewall-cmd',
  'ip',
  'iperf3',
  'ip6tables',
  'ip6tables-legacy-save',
  'ip6tables-nft-save',
  'ip6tables-save',
  'ipset',
  'iptables',
  'iptables-legacy-save',
  'iptables-nft-save',
  'iptables-restore',
  'iptables-save',
  'nft',
  'nsenter',
  'ovs-ofctl',
  'ovs-vsctl',
  'ping',
  'podman',
  'sysctl',
  'systemctl',
  'tcpdump',
  'ufw',
  'xtables-legacy-multi',
  'xtables-nft-multi',
] as const;

/** Synchronous on purpose: a millisecond in all, while libuv's threads would wait for modules that are still being loaded. */
export function readHostFacts(id: HostId): HostFacts {
  const os = /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(readText('/etc/os-release'))?.[1];
  return {
    id,
    hostname: hostname(),
    kernel: release(),
    uid: process.geteuid?.() ?? -1,
    privileged: hasCapabilities(),
    ...(os === undefined ? {} : { os }),
    tools: findTools(),
  };
}

/** CAP_NET_ADMIN (12) and CAP_SYS_ADMIN (21), capability.h. */
function hasCapabilities(): boolean {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(readText('/proc/self/status'))?.[1] ?? '0'}`);
  return [12n, 21n].every((capability) => (effective >> capability) & 1n);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

export function findTools(): Readonly<Record<string, string>> {
  const folders = commandPath().split(':');
  const found = tools.flatMap((tool) => {
    const path = folders.map((folder) => `${folder}/${tool}`).find((candidate) => existsSync(candidate));
    return path === undefined ? [] : [[tool, path] as const];
  });
  return Object.fromEntries(found);
}
