/** A tool's output for people → the JSON it prints with -j; undefined where the text is nothing of the kind. */
import { parseBrctl, parsePrintedFdb, parsePrintedPorts, parsePrintedVlans } from './parse-printed-bridges.ts';
import { parsePrintedLinks } from './parse-printed-links.ts';
import { parsePrintedNeighbours, parsePrintedRoutes, parsePrintedRules } from './parse-printed-routes.ts';
import type { Fact } from './take-words.ts';

const readers: Readonly<Record<string, (text: string) => readonly Fact[]>> = {
  'links.json': parsePrintedLinks,
  'addresses.json': parsePrintedLinks,
  'routes.json': parsePrintedRoutes,
  'routes6.json': parsePrintedRoutes,
  'rules.json': parsePrintedRules,
  'rules6.json': parsePrintedRules,
  'neighbours.json': parsePrintedNeighbours,
  'fdb.json': parsePrintedFdb,
  'vlans.json': parsePrintedVlans,
  'ports.json': parsePrintedPorts,
  'brctl.json': parseBrctl,
};

/** `own`: the file of a recording the text is to become. An output that is empty says that there is nothing. */
export const readPrinted = (own: string, text: string): string | undefined => {
  const read = readers[own];
  if (read === undefined) return undefined;
  const facts = read(text);
  return facts.length === 0 && text.trim() !== '' && own !== 'vlans.json' ? undefined : JSON.stringify(facts);
};
