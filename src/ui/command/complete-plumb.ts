/** What can stand at the end of a `:plumb` line: actions, things by name, options. */
import type { Graph, LinkNode } from '../../graph/graph.ts';
import { type PlumbingWord, plumbingForms } from '../../session/parse-plumbing.ts';
import type { PlumbingAction } from '../../session.ts';

const hostLinks = (graph: Graph): readonly LinkNode[] =>
  [...graph.links.values()].filter(
    (link) => graph.netns.get(link.netns)?.facts.isHost === true && link.facts.ifname !== 'lo',
  );

const namesOf = (links: readonly LinkNode[]): readonly string[] => links.map(({ facts }) => facts.ifname);

const containers = (graph: Graph): readonly string[] =>
  [...graph.containers.values()].filter(({ netns }) => netns !== undefined).map(({ facts }) => facts.name);

/** `web/eth0`. */
const innerLinks = (graph: Graph): readonly string[] =>
  [...graph.containers.values()].flatMap(({ netns, facts }) =>
    (netns === undefined ? [] : (graph.netns.get(netns)?.links ?? []))
      .flatMap((id) => graph.links.get(id)?.facts.ifname ?? [])
      .filter((ifname) => ifname !== 'lo')
      .map((ifname) => `${facts.name}/${ifname}`),
  );

const candidates = (graph: Graph, action: PlumbingAction, word: PlumbingWord): readonly string[] => {
  const links = hostLinks(graph);
  switch (word) {
    case 'container':
      return containers(graph);
    case 'bridge':
      return namesOf(links.filter(({ kind }) => kind === 'bridge'));
    case 'veth':
      return namesOf(links.filter(({ kind, master }) => kind === 'veth' && master === undefined));
    case 'link':
      if (action === 'mtu') return [...innerLinks(graph), ...namesOf(links)];
      return namesOf(links.filter(({ kind }) => kind !== 'veth' && kind !== 'ifb'));
    case 'subnet':
    case 'gateway':
    case 'size':
      return [];
  }
};

/** What the last word of the line could become; `words`: those before it. */
export const completePlumb = (graph: Graph | undefined, words: readonly string[], last: string): readonly string[] => {
  const [action, ...named] = words;
  if (action === undefined) return Object.keys(plumbingForms).filter((name) => name.startsWith(last));
  if (!Object.hasOwn(plumbingForms, action) || graph === undefined) return [];
  const form = plumbingForms[action as PlumbingAction];
  const word = form.words[named.length];
  const rest = named.slice(form.words.length);
  const all =
    word !== undefined
      ? candidates(graph, action as PlumbingAction, word)
      : rest.length % 2 === 0
        ? form.options.filter((name) => !rest.includes(name))
        : [];
  return [...new Set(all)].filter((name) => name.startsWith(last)).toSorted();
};

/** What is wanted next, for who types: `CONTAINER`, `address|gateway …`. */
export const plumbUsage = (words: readonly string[]): string => {
  const [action, ...named] = words;
  if (action === undefined || !Object.hasOwn(plumbingForms, action)) return '';
  const form = plumbingForms[action as PlumbingAction];
  const missing = form.words.slice(named.length).map((word) => word.toUpperCase());
  const options = form.options.map((name) => `[${name} …]`);
  return [...missing, ...options].join(' ');
};
