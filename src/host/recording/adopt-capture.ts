/**
 * Files that a person wrote down with the tools themselves (`ip -j -d link > host/ip-link.json`, `docker inspect …`) → the layout of a
 * recording. Known are folders (`host/`, `containers/NAME/`, `sandboxes/NAME/`, `netns/NAME/`, those of sosreport), prefixes
 * (`host.ip-link.json`, `ct-NAME.…`, `ns-NAME.…`) and a single netns whose files lie at the top.
 */

import { assumeUnwritten } from './assume-unwritten.ts';
import { completeLinks } from './complete-links.ts';
import { type EngineFiles, findEngineFiles } from './find-engine-files.ts';
import {
  bridgesOf,
  findByLinks,
  findByName,
  homeOf,
  type Inspected,
  isStranger,
  nameOf,
  parseInspected,
  sandboxOf,
  withoutFiles,
} from './find-inspected.ts';
import { findOwners, type Owner } from './find-owners.ts';
import { findToolFile, guessedRank, nftText } from './find-tool-file.ts';
import { flattenReport } from './flatten-report.ts';
import type { FileTree } from './layout.ts';
import { mergeTwins } from './merge-twins.ts';
import { numberPairs } from './number-pairs.ts';
import { presentFromText, splitFamilies } from './present-from-text.ts';

const kept = /^(?:.*\/)?(open-vswitch\.json|ovs-(?:Bridge|Port|Interface)\.json|ovs-flows-.+\.txt)$/;

interface Place extends Owner {
  readonly files: Map<string, string>;
}

/** A netns to be: its files, and who is in it. */
interface Home {
  readonly name: string;
  readonly isHost: boolean;
  readonly files: Map<string, string>;
  readonly names: string[];
  readonly pids: number[];
}

const gather = (files: FileTree, engine: EngineFiles): readonly Place[] => {
  const found = [...files].flatMap(([path, text]) => {
    if (engine.paths.has(path) || kept.test(path)) return [];
    for (const owner of findOwners(path)) {
      const tool = findToolFile(owner.file, text);
      if (tool !== undefined) return [{ owner, tool }];
    }
    return [];
  });
  const keyOf = ({ kind, name }: Owner): string => `${kind} ${name}`;
  // Of several files whose names say nothing none is the one.
  const guessed = Map.groupBy(
    found.filter(({ tool }) => tool.rank >= guessedRank),
    ({ owner, tool }) => `${keyOf(owner)} ${tool.own}`,
  );
  const isClear = ({ owner, tool }: (typeof found)[number]): boolean =>
    tool.rank < guessedRank || guessed.get(`${keyOf(owner)} ${tool.own}`)?.length === 1;
  const places = new Map<string, Place>();
  for (const { owner, tool } of found.filter(isClear).toSorted((a, b) => a.tool.rank - b.tool.rank)) {
    const key = keyOf(owner);
    const place = places.get(key) ?? { ...owner, files: new Map<string, string>() };
    places.set(key, place);
    if (!place.files.has(tool.own)) place.files.set(tool.own, tool.text);
  }
  return withoutGuesses([...places.values()]);
};

const holdsFacts = (files: ReadonlyMap<string, string>): boolean =>
  [...files.keys()].some((file) => file !== 'resolv.conf' && file !== 'hosts');

/** Beside the host's own files a name is a container's, or a netns's; one name alone is the host's. */
const withoutGuesses = (places: readonly Place[]): readonly Place[] => {
  if (places.some((place) => place.isGuess !== true && holdsFacts(place.files))) return places;
  const guesses = places.filter((place) => place.isGuess === true && !place.file.includes('/'));
  return guesses.length === 1 && places.length === 1 ? [{ ...guesses[0]!, kind: 'host', name: '' }] : [];
};

/** Each place's files put into the netns they are of; `containerFile` gets what belongs to a container instead. */
const settle = (
  places: readonly Place[],
  inspected: readonly Inspected[],
  containerFile: (id: string, file: string, text: string) => void,
): readonly Home[] => {
  const own: Home[] = [{ name: '', isHost: true, files: new Map(), names: [], pids: [1] }];
  const home = (name: string, isHost: boolean): Home => {
    const known = own.find((one) => one.isHost === isHost && one.name === name);
    const found = known ?? { name, isHost, files: new Map(), names: [], pids: [] };
    if (known === undefined) own.push(found);
    return found;
  };
  const nameless = withoutFiles(inspected, new Set(places.map(({ name }) => name)));
  for (const place of places) {
    const container =
      place.kind === 'container' ? (findByName(place, inspected) ?? findByLinks(place, nameless)) : undefined;
    const sandboxed =
      place.kind === 'named'
        ? (inspected.find((one) => sandboxOf(one) === place.name) ?? findByLinks(place, nameless))
        : undefined;
    const lives = container === undefined ? sandboxed : homeOf(container, inspected);
    const isHost = place.kind === 'host' || lives === 'host' || (place.kind === 'named' && place.name === 'default');
    const target = home(isHost ? '' : typeof lives === 'object' ? nameOf(lives) : place.name, isHost);
    for (const [file, text] of place.files) {
      if (file === 'resolv.conf' || file === 'hosts') {
        if (container?.Id !== undefined) containerFile(container.Id, file, text);
      } else if (!target.files.has(file) && (place.kind === 'host' || !isHost)) target.files.set(file, text);
    }
    if (place.kind === 'named' && !isHost && !target.names.includes(place.name)) target.names.push(place.name);
    addPid(target, container);
  }
  for (const one of inspected) {
    // Who lives with another has no files of its own.
    const lives = homeOf(one, inspected);
    addPid(lives === 'host' ? own[0] : own.find(({ isHost, name }) => !isHost && name === nameOf(lives)), one);
  }
  return own;
};

const addPid = (home: Home | undefined, container: Inspected | undefined): void => {
  const pid = container?.State?.Pid ?? 0;
  if (home !== undefined && pid > 0 && !home.pids.includes(pid)) home.pids.push(pid);
};

/** iptables-save prints the legacy tables where legacy is the machine's backend: then both files hold the same. */
const sortFiles = (files: Map<string, string>): void => {
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
  // `ip addr` tells of each link what `ip link` does; `ip -o addr` does not.
  const addresses = files.get('addresses.json');
  if (!files.has('links.json') && addresses?.includes('"flags"') === true) files.set('links.json', addresses);
  splitFamilies(files);
  presentFromText(files, nftText);
};

const metaOf = (
  one: Home,
  at: number,
  numbered: readonly { readonly nsid: number; readonly other: number }[],
): string => {
  const holders = [
    ...one.pids.map((pid) => ({ kind: 'process', pid, comm: '' })),
    ...one.names.map((name) => ({ kind: 'mount', path: `/run/docker/netns/${name}` })),
    // Whoever wrote the files got in: somebody holds it.
    ...(one.pids.length + one.names.length === 0 ? [{ kind: 'mount', path: `/run/netns/${one.name}` }] : []),
  ];
  const nsids = numbered.map(({ nsid, other }) => ({ nsid, netns: `0:${other + 1}` }));
  const names = one.pids.length === 0 && one.names.length === 0 && one.name !== '' ? [one.name] : one.names;
  return JSON.stringify({ inode: at + 1, isHost: one.isHost, names, holders, nsids });
};

/** undefined: nothing here is named as a tool's output would be. */
export const adoptCapture = (given: FileTree): FileTree | undefined => {
  if (given.has('host.json') || given.has('links.json') || given.has('addresses.json')) return undefined;
  const { files, hostname } = flattenReport(given);
  const engine = findEngineFiles(files);
  const places = gather(files, engine);
  if (!places.some((place) => holdsFacts(place.files))) return undefined;
  const adopted = new Map<string, string>();
  for (const [file, text] of engine.files) adopted.set(`engines/docker-1/${file}`, text);
  for (const [path, text] of files) {
    const file = kept.exec(path)?.[1];
    if (file !== undefined) adopted.set(file, text);
  }
  if (hostname !== undefined) adopted.set('host.json', JSON.stringify({ facts: { hostname } }));
  const inspected = parseInspected(engine.files.get('containers.json'));
  const homes = settle(places, inspected, (id, file, text) => adopted.set(`containers/${id}/${file}`, text));
  for (const one of homes) sortFiles(one.files);
  const networks = engine.files.get('networks.json');
  const distinct = mergeTwins(homes);
  const bare = completeLinks(distinct, bridgesOf(networks));
  const numbered = numberPairs(
    distinct.map(({ files: parts, names, pids }) => ({
      links: parts.get('links.json'),
      isStranger: pids.length === 0 && names.some((name) => isStranger(name, inspected, networks)),
    })),
  );
  const gaps: { source: string; reason: string; netns: string; detail: string }[] = [];
  for (const [at, one] of distinct.entries()) {
    const folder = `netns/${at + 1}/`;
    const told = (source: string, detail: string) =>
      gaps.push({ source, reason: 'missing', netns: `0:${at + 1}`, detail });
    for (const [file, text] of one.files) adopted.set(folder + file, text);
    if ((bare[at] ?? 0) > 0)
      told('ip link', 'written down without -d: kinds of links are told where they follow from the rest');
    for (const { file, text, gap } of assumeUnwritten(one.files, one.isHost)) {
      adopted.set(folder + file, text);
      if (gap !== undefined) told(gap.source, gap.detail);
    }
    adopted.set(`${folder}netns.json`, metaOf(one, at, numbered[at] ?? []));
  }
  if (gaps.length > 0) adopted.set('gaps.json', JSON.stringify({ netns: gaps }));
  return adopted;
};
