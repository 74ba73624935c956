/** Asks for namespaces in two steps, wiring first, and makes one consistent list of both answers. */
import type { Host, NetnsPart } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { Netns } from '../model/netns.ts';
import { mergeNetns, missingFrom, sortNetns } from './merge-netns.ts';
import { laterParts } from './netns-parts.ts';

export interface CollectedNetns {
  readonly netns: readonly Netns[];
  readonly gaps: readonly Gap[];
}

/** Namespaces come and go while we read; after this many readings that do not agree the last one stands, with a gap. */
const readings = 3;

/** `wired` is called with the first step's answer, when there is a second step. */
export async function collectNetns(
  host: Host,
  parts: readonly NetnsPart[],
  wired: (first: CollectedNetns) => void,
): Promise<CollectedNetns> {
  const early = parts.filter((part) => !laterParts.includes(part));
  const late = parts.filter((part) => laterParts.includes(part));
  const first = await askNetns(host, early, late.length === 0 ? 'full' : 'quick');
  if (late.length === 0) return first;
  wired(first);
  const second = await askNetns(host, late, 'full');
  return reconcile(host, { early, late }, first, second);
}

interface Steps {
  readonly early: readonly NetnsPart[];
  readonly late: readonly NetnsPart[];
}

/**
 * A netns only the second answer has is asked for its wiring; one that has gone means that links of others changed too (the other ends of
 * its veths went with it), so all wiring is read again.
 */
async function reconcile(
  host: Host,
  steps: Steps,
  wiring: CollectedNetns,
  rest: CollectedNetns,
): Promise<CollectedNetns> {
  let [first, second] = [wiring, rest];
  for (let reading = 1; reading < readings; reading += 1) {
    const gone = missingFrom(second.netns, first.netns);
    const born = missingFrom(first.netns, second.netns);
    if (gone.length === 0 && born.length === 0) return together(first, second);
    if (gone.length > 0) first = await askNetns(host, steps.early, 'full');
    else {
      const late = await askNetns(host, steps.early, 'full', born);
      first = { netns: [...first.netns, ...late.netns], gaps: [...first.gaps, ...late.gaps] };
    }
    const stillBorn = missingFrom(second.netns, first.netns);
    if (stillBorn.length > 0) {
      const late = await askNetns(host, steps.late, 'full', stillBorn);
      second = { netns: [...second.netns, ...late.netns], gaps: [...second.gaps, ...late.gaps] };
    }
    const present = new Set(first.netns.map(({ id }) => id));
    second = { ...second, netns: second.netns.filter(({ id }) => present.has(id)) };
  }
  const unsettled: Gap = {
    source: 'netns',
    reason: 'vanished',
    detail: `namespaces came or went during each of ${readings} readings`,
    howToSee: 'refresh when the host is quieter',
  };
  return together(first, { ...second, gaps: [...second.gaps, unsettled] });
}

function together(first: CollectedNetns, second: CollectedNetns): CollectedNetns {
  // The second answer's search was the fuller one: its list of namespaces and holders counts.
  return { netns: sortNetns(mergeNetns(first.netns, second.netns)), gaps: [...first.gaps, ...second.gaps] };
}

async function askNetns(
  host: Host,
  parts: readonly NetnsPart[],
  search: 'quick' | 'full',
  only?: readonly Netns['id'][],
): Promise<CollectedNetns> {
  const answer = await host.ask({ about: 'netns', parts, search, ...(only === undefined ? {} : { only }) });
  return { netns: answer.value ?? [], gaps: answer.gaps };
}
