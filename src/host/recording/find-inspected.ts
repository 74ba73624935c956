/** What `docker inspect` tells of where containers live, for files that go by names only. */
import { parseObjects } from './mend-json.ts';

interface Endpoint {
  readonly IPAddress?: string;
  readonly MacAddress?: string;
}

export interface Inspected {
  readonly Id?: string;
  readonly Name?: string;
  readonly State?: { readonly Pid?: number };
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: {
    readonly SandboxKey?: string;
    readonly Networks?: Readonly<Record<string, Endpoint | null>>;
  };
}

interface Network {
  readonly Id?: string;
  readonly Driver?: string;
  readonly Options?: Readonly<Record<string, string>> | null;
}

export const parseInspected = (text: string | undefined): readonly Inspected[] =>
  parseObjects(text) as readonly Inspected[];

const parseNetworks = (text: string | undefined): readonly Network[] => parseObjects(text) as readonly Network[];

export const sandboxOf = (one: Inspected): string => one.NetworkSettings?.SandboxKey?.split('/').at(-1) ?? '';

export const nameOf = (one: Inspected): string => (one.Name ?? '').replace(/^\//, '') || (one.Id ?? '').slice(0, 12);

interface Named {
  readonly name: string;
  readonly files: ReadonlyMap<string, string>;
}

const endpointsOf = (one: Inspected): readonly Endpoint[] =>
  Object.values(one.NetworkSettings?.Networks ?? {}).flatMap((network) => (network === null ? [] : [network]));

/** All of its links are among those of the netns: told by MACs, which no two containers of a host share. */
const hasItsLinks = (one: Inspected, links: string): boolean => {
  const macs = endpointsOf(one).map((endpoint) => endpoint.MacAddress || 'none');
  return macs.length > 0 && macs.every((mac) => links.includes(`"${mac}"`));
};

/** Whom no file is called after: they may be told by their links. */
export const withoutFiles = (inspected: readonly Inspected[], names: ReadonlySet<string>): readonly Inspected[] =>
  inspected.filter((one) => ![nameOf(one), sandboxOf(one)].some((name) => name !== '' && names.has(name)));

export const findByLinks = ({ files }: Named, inspected: readonly Inspected[]): Inspected | undefined => {
  const links = files.get('links.json') ?? files.get('addresses.json') ?? '';
  const fitting = inspected.filter((one) => hasItsLinks(one, links));
  return fitting.length === 1 ? fitting[0] : undefined;
};

/** By its name, its id, its process, or a name cut short where its addresses are among those of the netns. */
export const findByName = ({ name, files }: Named, inspected: readonly Inspected[]): Inspected | undefined => {
  const exact = inspected.find((one) => one.Name === `/${name}` || (name.length >= 12 && one.Id?.startsWith(name)));
  if (exact !== undefined) return exact;
  const addresses = files.get('addresses.json') ?? '';
  const cut = inspected.filter(
    (one) =>
      one.Name?.startsWith(`/${name}.`) === true &&
      endpointsOf(one).every((endpoint) => addresses.includes(`"${endpoint.IPAddress || 'none'}"`)),
  );
  if (cut.length === 1) return cut[0];
  const byPid = inspected.filter((one) => /^\d+$/.test(name) && one.State?.Pid === Number(name));
  return byPid[0];
};

/** Where a container lives: in the host's netns, in another's, in its own. */
export const homeOf = (one: Inspected, all: readonly Inspected[]): Inspected | 'host' => {
  const mode = one.HostConfig?.NetworkMode ?? '';
  if (mode === 'host') return 'host';
  const shared = /^container:(.+)$/.exec(mode)?.[1];
  if (shared === undefined) return one;
  return all.find((other) => other.Id === shared || other.Name === `/${shared}`) ?? one;
};

/** Names of the bridges that the engine's networks have. */
export const bridgesOf = (networks: string | undefined): ReadonlySet<string> =>
  new Set(
    parseNetworks(networks)
      .filter(({ Driver }) => Driver === 'bridge')
      .map(({ Id, Options }) => Options?.['com.docker.network.bridge.name'] ?? `br-${(Id ?? '').slice(0, 12)}`),
  );

/**
 * A netns file in Docker's folder that this engine knows nothing of: left by an earlier daemon, or by one that shares the folder. Its links
 * must not be taken for other ends of what this engine wired.
 */
export const isStranger = (name: string, inspected: readonly Inspected[], networks: string | undefined): boolean => {
  if (inspected.length === 0) return false;
  if (/^[0-9a-f]{12}$/.test(name)) return !inspected.some((one) => sandboxOf(one) === name);
  const id = /^(?:\d+-|lb_)([0-9a-z]{9,10})$/.exec(name)?.[1];
  return id !== undefined && networks !== undefined && !parseNetworks(networks).some((one) => one.Id?.startsWith(id));
};
