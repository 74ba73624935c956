/** What the palette offers for what was typed: what the word exactly names first, then substrings, then fuzzy matches. */
import type { Graph } from '../../graph/graph.ts';
import type { Located } from '../../graph/locate.ts';
import { ownerName } from '../graph-index.ts';
import { portKey, type Ref, refKey } from '../ref.ts';
import { filterTest } from '../state/select-items.ts';
import type { Prompt, Rank, Services, UiState } from '../state/ui-state.ts';
import { buildEndEntries, buildJumpEntries, type Entry } from './entries.ts';

type Palette = Extract<Prompt, { kind: 'palette' }>;

const limit = 60;
/** With this many exact finds nobody needs the inexact ones. */
const enough = 12;

const entriesOf = new WeakMap<Graph, Map<string, readonly Entry[]>>();

const allEntries = (state: UiState, purpose: Palette['purpose']): readonly Entry[] => {
  const graph = state.session.graph;
  if (graph === undefined) return [];
  const known = entriesOf.get(graph) ?? new Map<string, readonly Entry[]>();
  entriesOf.set(graph, known);
  const entries =
    known.get(purpose) ??
    (purpose === 'jump' ? buildJumpEntries(graph, state.theme.glyphs) : buildEndEntries(graph, purpose));
  known.set(purpose, entries);
  return entries;
};

export const refOfLocated = (located: Located): Ref | undefined => {
  if (located.kind === 'port' && located.port !== undefined) return { kind: 'port', id: portKey(located.port) };
  if (located.container !== undefined) return { kind: 'container', id: located.container };
  if (located.link !== undefined) return { kind: 'link', id: located.link };
  return located.netns === undefined ? undefined : { kind: 'netns', id: located.netns };
};

const refName = (ref: Ref, graph: Graph): string => {
  switch (ref.kind) {
    case 'container':
      return graph.containers.get(ref.id)?.facts.name ?? '?';
    case 'link': {
      const link = graph.links.get(ref.id);
      return link === undefined ? '?' : `${link.facts.ifname} in ${ownerName(graph, link.netns)}`;
    }
    case 'netns':
      return ownerName(graph, ref.id);
    case 'port':
      return ref.id.slice(ref.id.indexOf(' ') + 1);
    default:
      return ref.kind;
  }
};

const hintOf = (ref: Ref, entries: readonly Entry[]): string => {
  const key = refKey(ref);
  return entries.find((entry) => entry.target.kind === 'ref' && refKey(entry.target.ref) === key)?.hint ?? '';
};

const locatedEntries = (
  text: string,
  state: UiState,
  services: Services,
  entries: readonly Entry[],
): readonly Entry[] => {
  const graph = state.session.graph;
  if (graph === undefined || text.trim().length < 2) return [];
  const seen = new Set<string>();
  return services.locate(text.trim().split(/\s+/)).flatMap((located) => {
    const ref = refOfLocated(located);
    if (ref === undefined || seen.has(refKey(ref))) return [];
    seen.add(refKey(ref));
    return [
      {
        label: refName(ref, graph),
        hint: `by ${located.matchedBy}${located.certainty === 'exact' ? '' : ` (${located.certainty})`}  ${hintOf(ref, entries)}`,
        kind: ref.kind,
        target: { kind: 'ref', ref },
        search: '',
      } satisfies Entry,
    ];
  });
};

const substringMatches = (text: string, entries: readonly Entry[]): readonly Entry[] => {
  if (text.trim() === '') return entries.slice(0, limit);
  const passes = filterTest(text);
  const word = text.trim().toLowerCase();
  const score = (entry: Entry): number => {
    const label = entry.label.toLowerCase();
    return label === word ? 0 : label.startsWith(word) ? 1 : label.includes(word) ? 2 : 3;
  };
  return entries
    .filter((entry) => passes(entry.search))
    .map((entry) => ({ entry, score: score(entry) }))
    .sort((a, b) => a.score - b.score)
    .slice(0, limit)
    .map(({ entry }) => entry);
};

const fuzzyMatches = (text: string, entries: readonly Entry[], rank: Rank | undefined): readonly Entry[] =>
  rank === undefined || text.trim().length < 2
    ? []
    : rank(
        text.trim(),
        entries.map((entry) => entry.label),
      )
        .slice(0, limit)
        .flatMap((at) => entries[at] ?? []);

const keyOf = (entry: Entry): string =>
  entry.target.kind === 'ref'
    ? refKey(entry.target.ref)
    : entry.target.kind === 'view'
      ? entry.target.view
      : entry.target.text;

const asTyped = (text: string): Entry => ({
  label: text.trim(),
  hint: '',
  kind: 'as typed',
  target: { kind: 'endpoint', text: text.trim() },
  search: '',
});

let last: { readonly deps: readonly unknown[]; readonly results: readonly Entry[] } | undefined;

export const paletteResults = (state: UiState, palette: Palette, services: Services): readonly Entry[] => {
  const deps = [state.session.graph, palette.purpose, palette.text, state.rank];
  if (last !== undefined && deps.every((value, at) => value === last?.deps[at])) return last.results;
  const entries = allEntries(state, palette.purpose);
  const substrings = substringMatches(palette.text, entries);
  const found = [
    ...(palette.purpose === 'jump' ? locatedEntries(palette.text, state, services, entries) : []),
    ...substrings,
    ...(substrings.length < enough ? fuzzyMatches(palette.text, entries, state.rank) : []),
    ...(palette.purpose !== 'jump' && palette.text.trim() !== '' ? [asTyped(palette.text)] : []),
  ];
  const seen = new Set<string>();
  const results = found.filter((entry) => {
    const key = keyOf(entry);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  last = { deps, results: results.slice(0, limit) };
  return last.results;
};
