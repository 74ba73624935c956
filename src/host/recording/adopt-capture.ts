/**
 * Files that a person wrote down with the tools themselves (`ip -j -d link > host/ip-link.json`, `docker inspect …`) → the layout of a
 * recording. Known are folders (`host/`, `containers/NAME/`, `sandboxes/NAME/`, `netns/NAME/`), prefixes (`host.ip-link.json`, `ct-NAME.…`,
 * `ns-NAME.…`) and a single netns whose files lie at the top.
 */

import { assumeUnwritten } from './assume-unwritten.ts';
import { findOwners, findToolFile, type Owner } from './capture-names.ts';
import type { FileTree } from './layout.ts';
import { mergeTwins } from './merge-twins.ts';
import { numberPairs } from './number-pairs.ts';

const engineNames: readonly (readonly [RegExp, string])[] = [
  [/^(docker[/-])?(container-)?(inspect|containers)\.json$/, 'containers.json'],
  [/^(docker[/-])?(network-inspect|networks)\.json$/, 'networks.json'],
  [/^(docker[/-])?info\.json$/, 'info.json'],
  [/^(docker[/-])?version\.json$/, 'version.json'],
];
const kept = /^(open-vswitch\.json|ovs-(Bridge|Port|Interface)\.json|ovs-flows-.+\.txt)$/;

interface Place extends Owner {
  readonly files: Map<string, string>;
}

interface Inspected {
  readonly Id?: string;
  readonly Name?: string;
  readonly State?: { readonly Pid?: number };
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: {
    readonly SandboxKey?: string;
    readonly Networks?: Readonly<Record<string, { readonly IPAddress?: string } | null>>;
  };
}

const parseInspected = (text: string | undefined): readonly Inspected[] => {
  try {
    const json: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(json) ? json.filter((one) => typeof one === 'object' && one !== null) : [];
  } catch {
    return [];
  }
};

const sandboxOf = (one: Inspected): string => one.NetworkSettings?.SandboxKey?.split('/').at(-1) ?? '';

/** By its name, its id, or a name cut short where its addresses are among those of the netns. */
const findInspected = ({ name, files }: Place, inspected: readonly Inspected[]): Inspected | undefined => {
  const exact = inspected.find((one) => one.Name === `/${name}` || (name.length >= 12 && one.Id?.startsWith(name)));
  if (exact !== undefined) return exact;
  const addresses = files.get('addresses.json') ?? '';
  const fitting = inspected.filter(
    (one) =>
      one.Name?.startsWith(`/${name}.`) === true &&
      Object.values(one.NetworkSettings?.Networks ?? {}).every((network) =>
        addresses.includes(`"${network?.IPAddress || 'none'}"`),
      ),
  );
  return fitting.length === 1 ? fitting[0] : undefined;
};

/** Where a container lives: in the host's netns, in another's, in its own. */
const homeOf = (one: Inspected, all: readonly Inspected[]): Inspected | 'host' => {
  const mode = one.HostConfig?.NetworkMode ?? '';
  if (mode === 'host') return 'host';
  const shared = /^container:(.+)$/.exec(mode)?.[1];
  if (shared === undefined) return one;
  return all.find((other) => other.Id === shared || other.Name === `/${shared}`) ?? one;
};

const gather = (files: FileTree): ReadonlyMap<string, Place> => {
  const found = [...files].flatMap(([path, text]) => {
    for (const owner of findOwners(path)) {
      const tool = findToolFile(owner.file, text);
      if (tool !== undefined) return [{ owner, tool, text }];
    }
    return [];
  });
  const places = new Map<string, Place>();
  for (const { owner, tool, text } of found.toSorted((a, b) => a.tool.rank - b.tool.rank)) {
    const key = `${owner.kind} ${owner.name}`;
    const place = places.get(key) ?? { ...owner, files: new Map<string, string>() };
    places.set(key, place);
    if (!place.files.has(tool.own)) place.files.set(tool.own, text);
  }
  return places;
};

/** iptables-save prints the legacy tables where legacy is the machine's backend: then both files hold the same. */
const sortBackends = (files: Map<string, string>): void => {
  const rules = (name: string): string =>
    (files.get(name) ?? '')
      .replace(/^#.*$/gm, '')
      .replace(/\[\d+:\d+\] ?/g, '')
      .trim();
  for (const tool of ['iptables', 'ip6tables']) {
    const legacy = rules(`${tool}-legacy-save.txt`);
    if (legacy !== '' && legacy === rules(`${tool}-save.txt`)) {
      files.set(`${tool}-legacy-save.txt`, files.get(`${tool}-save.txt`) ?? '');
      files.delete(`${tool}-save.txt`);
    }
  }
  // `ip -j addr` tells of each link what `ip -j link` does.
  const addresses = files.get('addresses.json');
  if (!files.has('links.json') && addresses !== undefined) files.set('links.json', addresses);
};

/** undefined: nothing here is named as a tool's output would be. */
export const adoptCapture = (files: FileTree): FileTree | undefined => {
  if (files.has('host.json') || files.has('links.json') || files.has('addresses.json')) return undefined;
  const places = gather(files);
  if (![...places.values()].some((place) => place.files.has('links.json') || place.files.has('addresses.json')))
    return undefined;
  const adopted = new Map<string, string>();
  for (const [path, text] of files) {
    const engine = engineNames.find(([pattern]) => pattern.test(path))?.[1];
    if (engine !== undefined)
      adopted.set(`engines/docker-1/${engine}`, engine === 'version.json' ? serverVersion(text) : text);
    if (kept.test(path)) adopted.set(path, text);
  }
  const inspected = parseInspected(adopted.get('engines/docker-1/containers.json'));
  const own: {
    readonly name: string;
    readonly files: Map<string, string>;
    readonly isHost: boolean;
    readonly names: string[];
    readonly pids: number[];
  }[] = [];
  const home = (name: string, isHost: boolean) => {
    let found = own.find((one) => one.isHost === isHost && one.name === name);
    if (found === undefined) {
      found = { name, isHost, files: new Map(), names: [], pids: isHost ? [1] : [] };
      own.push(found);
    }
    return found;
  };
  home('', true);
  for (const place of places.values()) {
    const container = place.kind === 'container' ? findInspected(place, inspected) : undefined;
    const sandboxed = place.kind === 'named' ? inspected.find((one) => sandboxOf(one) === place.name) : undefined;
    const lives = container === undefined ? sandboxed : homeOf(container, inspected);
    const isHost = place.kind === 'host' || lives === 'host' || (place.kind === 'named' && place.name === 'default');
    const name = isHost ? '' : typeof lives === 'object' ? (lives.Name ?? '').slice(1) : place.name;
    const target = home(name, isHost);
    for (const [file, text] of place.files) {
      if (file === 'resolv.conf' || file === 'hosts') {
        if (container?.Id !== undefined) adopted.set(`containers/${container.Id}/${file}`, text);
      } else if (!target.files.has(file) && (place.kind === 'host' || !isHost)) target.files.set(file, text);
    }
    if (place.kind === 'named' && !isHost && !target.names.includes(place.name)) target.names.push(place.name);
    const pid = container?.State?.Pid ?? 0;
    if (pid > 0 && !target.pids.includes(pid)) target.pids.push(pid);
  }
  for (const one of inspected) {
    // Who lives with another has no files of its own.
    const lives = homeOf(one, inspected);
    const target = lives === 'host' ? home('', true) : own.find(({ name }) => name === (lives.Name ?? '').slice(1));
    const pid = one.State?.Pid ?? 0;
    if (target !== undefined && pid > 0 && !target.pids.includes(pid)) target.pids.push(pid);
  }
  for (const { files: parts } of own) sortBackends(parts);
  const distinct = mergeTwins(own);
  const numbered = numberPairs(distinct.map((one) => one.files.get('links.json')));
  const assumed: { source: string; reason: string; netns: string; detail: string }[] = [];
  for (const [at, one] of distinct.entries()) {
    const folder = `netns/${at + 1}/`;
    for (const [file, text] of one.files) adopted.set(folder + file, text);
    if (!one.isHost) {
      for (const { file, text, source, detail } of assumeUnwritten(one.files)) {
        adopted.set(folder + file, text);
        assumed.push({ source, reason: 'missing', netns: `0:${at + 1}`, detail });
      }
    }
    const holders = [
      ...one.pids.map((pid) => ({ kind: 'process', pid, comm: '' })),
      ...one.names.map((name) => ({ kind: 'mount', path: `/run/docker/netns/${name}` })),
      // Whoever wrote the files got in: somebody holds it.
      ...(one.pids.length + one.names.length === 0 ? [{ kind: 'mount', path: `/run/netns/${one.name}` }] : []),
    ];
    const nsids = (numbered[at] ?? []).map(({ nsid, other }) => ({ nsid, netns: `0:${other + 1}` }));
    const names = one.pids.length === 0 && one.names.length === 0 && one.name !== '' ? [one.name] : one.names;
    adopted.set(`${folder}netns.json`, JSON.stringify({ inode: at + 1, isHost: one.isHost, names, holders, nsids }));
  }
  if (assumed.length > 0) adopted.set('gaps.json', JSON.stringify({ netns: assumed }));
  return adopted;
};

/** `docker version --format '{{json .}}'` holds the engine's answer below Server. */
const serverVersion = (text: string): string => {
  try {
    const json: { readonly Server?: unknown } | null = JSON.parse(text);
    return json?.Server === undefined ? text : JSON.stringify(json.Server);
  } catch {
    return text;
  }
};
