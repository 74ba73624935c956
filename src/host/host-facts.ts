/** What kind of machine this is: name, kernel, what we may do, which tools there are. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { hostname, release } from 'node:os';
import type { HostId } from '../model/ids.ts';
import type { HostFacts } from '../model/snapshot.ts';
import { commandPath } from './run-command.ts';

/** Every tool something in vethscope runs, reads with or proposes. */
const tools = [
  'arping',
  'bridge',
  'conntrack',
  'docker',
  'ethtool',
  'firewall-cmd',
  'ip',
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

export async function readHostFacts(id: HostId): Promise<HostFacts> {
  const [os, privileged] = await Promise.all([readOsName(), readCapabilities()]);
  return {
    id,
    hostname: hostname(),
    kernel: release(),
    uid: process.geteuid?.() ?? -1,
    privileged,
    ...(os === undefined ? {} : { os }),
    tools: findTools(),
  };
}

/** CAP_NET_ADMIN (12) and CAP_SYS_ADMIN (21), capability.h. */
async function readCapabilities(): Promise<boolean> {
  const status = await readFile('/proc/self/status', 'utf8').catch(() => '');
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)/m.exec(status)?.[1] ?? '0'}`);
  return [12n, 21n].every((capability) => (effective >> capability) & 1n);
}

async function readOsName(): Promise<string | undefined> {
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '');
  return /^PRETTY_NAME=["']?(.*?)["']?$/m.exec(text)?.[1];
}

/** Synchronous on purpose: some 200 look-ups take a millisecond this way, and twenty by way of libuv's threads. */
export function findTools(): Readonly<Record<string, string>> {
  const folders = commandPath().split(':');
  const found = tools.flatMap((tool) => {
    const path = folders.map((folder) => `${folder}/${tool}`).find((candidate) => existsSync(candidate));
    return path === undefined ? [] : [[tool, path] as const];
  });
  return Object.fromEntries(found);
}
