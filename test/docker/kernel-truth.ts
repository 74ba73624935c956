/** What `ip` itself says in every netns of a lab host, as rows to compare ours with; peers through lsns's view of nsids. */
import type { LabHost } from '../lab/lab-host.ts';

export interface TrueLink {
  readonly inode: number;
  readonly ifindex: number;
  readonly ifname: string;
  readonly kind: string;
  readonly mtu: number;
  readonly mac: string;
  readonly addresses: readonly string[];
  readonly master?: string;
  /** Inode and ifindex of the other end of a veth; absent when its netns can be seen by nobody in the host. */
  readonly peer?: string;
  /** Inode and ifindex of what a macvlan, vlan or vxlan sits on. */
  readonly lowerLink?: string;
}

interface IpLink {
  readonly ifindex: number;
  readonly ifname: string;
  readonly mtu: number;
  readonly link_type: string;
  readonly address?: string;
  readonly master?: string;
  readonly link?: string;
  readonly link_index?: number;
  readonly link_netnsid?: number;
  readonly linkinfo?: { readonly info_kind?: string };
}

interface IpAddresses {
  readonly ifindex?: number;
  readonly addr_info?: readonly { readonly local?: string; readonly prefixlen?: number }[];
}

/** Every netns a process lives in or a file of iproute2 or Docker holds: `INODE FILE` lines, each inode once. */
const FIND_NETNS = `for file in /proc/[0-9]*/ns/net /run/netns/* /run/docker/netns/*; do
  [ -e "$file" ] && echo "$(stat -L -c %i "$file") $file"
done | sort -u -k1,1`;

const findNetns = async (host: LabHost): Promise<ReadonlyMap<number, string>> => {
  const { stdout } = await host.run(['sh', '-c', FIND_NETNS]);
  return new Map(
    stdout
      .trim()
      .split('\n')
      .map((line): [number, string] => [Number(line.split(' ')[0]), line.split(' ')[1] ?? ''])
      // The files of what has just ended are plain files with an inode of their own.
      .filter(([inode]) => inode > 4_000_000_000),
  );
};

/** ip's JSON; an empty answer is an empty list. */
const ip = async <Row>(host: LabHost, file: string, ...args: readonly string[]): Promise<readonly Row[]> => {
  const { stdout } = await host.run(['nsenter', `--net=${file}`, 'ip', '-j', ...args]);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as Row[]);
};

/** nsid, as the netns counts, → inode. lsns knows those with processes, `ip netns` those with names. */
const nsidsSeenFrom = async (host: LabHost, file: string): Promise<ReadonlyMap<number, number>> => {
  const enter = ['nsenter', `--net=${file}`];
  const lsns = await host.run([...enter, 'lsns', '--noheadings', '--raw', '-t', 'net', '-o', 'NS,NETNSID']);
  // Without a number (`unassigned`, nothing): this netns has no nsid for that one.
  const known = [...lsns.stdout.matchAll(/^(\d+) (\d+)$/gm)].map(([, inode, nsid]): [number, number] => [
    Number(nsid),
    Number(inode),
  ]);
  const named = await ip<{ name: string; id?: number }>(host, file, 'netns', 'list');
  const byName = await Promise.all(
    named
      .filter((one) => one.id !== undefined)
      .map(async ({ name, id = 0 }): Promise<[number, number]> => {
        const { stdout } = await host.run(['stat', '-L', '-c', '%i', `/run/netns/${name}`]);
        return [id, Number(stdout)];
      }),
  );
  return new Map([...byName, ...known]);
};

const kindOf = (link: IpLink): string =>
  link.linkinfo?.info_kind ?? (link.link_type === 'loopback' ? 'loopback' : 'physical');

/** The link that IFLA_LINK names, as `INODE#IFINDEX`; undefined when its netns has no inode anybody here can see. */
const other = (
  link: IpLink,
  inode: number,
  links: readonly IpLink[],
  nsids: ReadonlyMap<number, number>,
): string | undefined => {
  if (link.link !== undefined && link.link !== null) {
    const near = links.find((one) => one.ifname === link.link);
    return near === undefined ? undefined : `${inode}#${near.ifindex}`;
  }
  if (link.link_index === undefined) return undefined;
  const where = link.link_netnsid === undefined ? inode : nsids.get(link.link_netnsid);
  return where === undefined ? undefined : `${where}#${link.link_index}`;
};

const linksOf = async (host: LabHost, inode: number, file: string): Promise<readonly TrueLink[]> => {
  const links = await ip<IpLink>(host, file, '-d', 'link', 'show');
  const addresses = await ip<IpAddresses>(host, file, 'addr', 'show');
  const nsids = await nsidsSeenFrom(host, file);
  return links.map((link) => {
    const kind = kindOf(link);
    const end = other(link, inode, links, nsids);
    const infos = addresses.find((one) => one.ifindex === link.ifindex)?.addr_info ?? [];
    return {
      inode,
      ifindex: link.ifindex,
      ifname: link.ifname,
      kind,
      mtu: link.mtu,
      mac: link.address ?? '',
      addresses: infos.map((info) => `${info.local}/${info.prefixlen}`).toSorted(),
      ...(link.master === undefined ? {} : { master: link.master }),
      ...(end === undefined ? {} : kind === 'veth' ? { peer: end } : { lowerLink: end }),
    };
  });
};

/** All links of all netns of the host, by inode and ifindex. */
export const kernelTruth = async (host: LabHost): Promise<readonly TrueLink[]> => {
  const links: TrueLink[] = [];
  for (const [inode, file] of await findNetns(host)) links.push(...(await linksOf(host, inode, file)));
  return links.toSorted((a, b) => a.inode - b.inode || a.ifindex - b.ifindex);
};
