/**
 * Files that a person wrote down with the tools themselves (`ip -j -d link > host/ip-link.json`, `docker inspect …`) → the layout of a
 * recording. Known are folders (`host/`, `containers/NAME/`, `sandboxes/NAME/`, `netns/NAME/`), prefixes (`host.ip-link.json`, `ct-NAME.…`,
 * `ns-NAME.…`) and a single netns whose files lie at the top.
 */

import type { FileTree } from './layout.ts';
import { numberPairs } from './number-pairs.ts';

/** Name a tool's output goes by → name in a recording; the first of two that mean the same is taken. */
const names: readonly (readonly [string, string])[] = [
  ['ip-link.json', 'links.json'],
  ['ip-addr.json', 'addresses.json'],
  ['ip-address.json', 'addresses.json'],
  ['ip-route.json', 'routes.json'],
  ['ip6-route.json', 'routes6.json'],
  ['ip-rule.json', 'rules.json'],
  ['ip6-rule.json', 'rules6.json'],
  ['ip-neigh.json', 'neighbours.json'],
  ['bridge-fdb.json', 'fdb.json'],
  ['bridge-vlan.json', 'vlans.json'],
  ['sysctl.txt', 'sysctls.txt'],
  ['sysctls.txt', 'sysctls.txt'],
  ['ss.txt', 'ss.txt'],
  ['nft.json', 'nft.json'],
  ['nft-ruleset.json', 'nft.json'],
  ['iptables-save-c.txt', 'iptables-save.txt'],
  ['iptables-save.txt', 'iptables-save.txt'],
  ['ip6tables-save-c.txt', 'ip6tables-save.txt'],
  ['ip6tables-save.txt', 'ip6tables-save.txt'],
  ['iptables-legacy-save.txt', 'iptables-legacy-save.txt'],
  ['ip6tables-legacy-save.txt', 'ip6tables-legacy-save.txt'],
  ['ipset-save.txt', 'ipset-save.txt'],
  ['ipset.txt', 'ipset-save.txt'],
  ['resolv.conf', 'resolv.conf'],
  ['hosts', 'hosts'],
];
const engineNames: readonly (readonly [RegExp, string])[] = [
  [/^(docker[/-])?inspect\.json$/, 'containers.json'],
  [/^(docker[/-])?network-inspect\.json$/, 'networks.json'],
  [/^(docker[/-])?info\.json$/, 'info.json'],
  [/^(docker[/-])?version\.json$/, 'version.json'],
];
const kept = /^(open-vswitch\.json|ovs-(Bridge|Port|Interface)\.json|ovs-flows-.+\.txt)$/;

interface Place {
  readonly kind: 'host' | 'container' | 'named';
  readonly name: string;
  readonly files: Map<string, string>;
}

/** `containers/web/ip-link.json` → container web; `ns-1-abc.ip-link.json` → the netns 1-abc; `ip-link.json` → the host's own. */
const placeOf = (
  path: string,
): { readonly kind: Place['kind']; readonly name: string; readonly file: string } | undefined => {
  const [, folder = '', file = ''] = /^(.*\/)?([^/]+)$/.exec(path) ?? [];
  const prefixed = folder === '' ? /^(host|ct-[^.]+|ns-[^.]+)\.(.+)$/.exec(file) : null;
  if (prefixed !== null) {
    const [, group = '', rest = ''] = prefixed;
    if (group === 'host') return { kind: 'host', name: '', file: rest };
    return { kind: group.startsWith('ct-') ? 'container' : 'named', name: group.slice(3), file: rest };
  }
  if (folder === '' || folder === 'host/') return { kind: 'host', name: '', file };
  const [, kind, name = ''] = /^(containers|sandboxes|netns)\/([^/]+)\/$/.exec(folder) ?? [];
  if (kind === undefined) return undefined;
  return { kind: kind === 'containers' ? 'container' : 'named', name, file };
};

interface Inspected {
  readonly Id?: string;
  readonly Name?: string;
  readonly State?: { readonly Pid?: number };
  readonly HostConfig?: { readonly NetworkMode?: string };
  readonly NetworkSettings?: { readonly SandboxKey?: string };
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

/** Where a container lives: in the host's netns, in another's, in its own. */
const homeOf = (one: Inspected, all: readonly Inspected[]): Inspected | 'host' => {
  const mode = one.HostConfig?.NetworkMode ?? '';
  if (mode === 'host') return 'host';
  const shared = /^container:(.+)$/.exec(mode)?.[1];
  if (shared === undefined) return one;
  return all.find((other) => other.Id === shared || other.Name === `/${shared}`) ?? one;
};

const gather = (files: FileTree): ReadonlyMap<string, Place> => {
  const places = new Map<string, Place>();
  for (const [tool, own] of names) {
    for (const [path, text] of files) {
      const found = placeOf(path);
      if (found === undefined || found.file !== tool) continue;
      const key = `${found.kind} ${found.name}`;
      const place = places.get(key) ?? { ...found, files: new Map<string, string>() };
      places.set(key, place);
      if (!place.files.has(own)) place.files.set(own, text);
    }
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
  if (files.has('host.json') || files.has('links.json')) return undefined;
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
    const container = place.kind === 'container' ? inspected.find(({ Name }) => Name === `/${place.name}`) : undefined;
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
  for (const { files: parts } of own) sortBackends(parts);
  const numbered = numberPairs(own.map((one) => one.files.get('links.json')));
  for (const [at, one] of own.entries()) {
    const folder = `netns/${at + 1}/`;
    for (const [file, text] of one.files) adopted.set(folder + file, text);
    const holders = [
      ...one.pids.map((pid) => ({ kind: 'process', pid, comm: '' })),
      ...one.names.map((name) => ({ kind: 'mount', path: `/run/docker/netns/${name}` })),
    ];
    const nsids = (numbered[at] ?? []).map(({ nsid, other }) => ({ nsid, netns: `0:${other + 1}` }));
    const names = one.pids.length === 0 && one.names.length === 0 && one.name !== '' ? [one.name] : one.names;
    adopted.set(`${folder}netns.json`, JSON.stringify({ inode: at + 1, isHost: one.isHost, names, holders, nsids }));
  }
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
