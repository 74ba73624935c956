/** Collects so that the first picture stands early: wiring, then engines' names, then rules, sockets and files. */
import type { Host, NetnsPart } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { HostFacts, Snapshot } from '../model/snapshot.ts';
import { collectContainerFiles } from './collect-container-files.ts';
import { type CollectedEngines, collectEngines, confirmContainers, type EngineChoice } from './collect-engines.ts';
import { type CollectedNetns, collectNetns } from './collect-netns.ts';
import { type CollectedOvs, collectOpenVswitch } from './collect-open-vswitch.ts';
import { distinct } from './distinct.ts';
import { sortNetns } from './merge-netns.ts';
import { allParts } from './netns-parts.ts';

export interface CollectOptions extends EngineChoice {
  /** Parts of the namespaces wanted; default all. */
  readonly parts?: readonly NetnsPart[];
  /** resolv.conf and hosts of containers; default true. */
  readonly containerFiles?: boolean;
}

export interface Stage {
  /** What has not been answered yet, in words for a progress line; [] with the last snapshot. */
  readonly waitingFor: readonly string[];
}

/** Each part of the answer as it stands; undefined: not answered yet. */
interface Parts {
  facts?: HostFacts;
  netns?: CollectedNetns;
  engines?: CollectedEngines;
  ovs?: CollectedOvs;
}

/**
 * Calls `listener` with every snapshot that holds more than the one before: the first as soon as the wiring is known. Resolves with the
 * last, which the listener gets as well. Never rejects for the machine's sake.
 */
export async function collectInStages(
  host: Host,
  options: CollectOptions,
  listener: (snapshot: Snapshot, stage: Stage) => void,
): Promise<Snapshot> {
  const began = performance.now();
  const takenAt = host.recordedAt ?? new Date().toISOString();
  const found: Parts = {};
  const gaps: Gap[] = [];
  const build = () => buildSnapshot(found, gaps, takenAt, performance.now() - began);
  const tell = (...waitingFor: readonly string[]) => {
    const snapshot = build();
    if (snapshot !== undefined && found.netns !== undefined) listener(snapshot, { waitingFor });
  };
  const facts = host.ask({ about: 'host' }).then((answer) => {
    found.facts = answer.value ?? unknownFacts(host);
    gaps.push(...answer.gaps);
  });
  const engines = collectEngines(host, options).then((answer) => {
    found.engines = answer;
    tell('rules and sockets');
    return answer;
  });
  const ovs = collectOpenVswitch(host).then((answer) => {
    found.ovs = answer;
  });
  // When the first of several fails, the failures of the others are no news.
  void Promise.allSettled([facts, engines, ovs]);
  const parts = options.parts ?? allParts;
  found.netns = await collectNetns(host, parts, (first) => {
    found.netns = first;
    void facts.then(() => tell(...(found.engines === undefined ? ['the engines'] : []), 'rules and sockets'));
  });
  await Promise.all([facts, ovs]);
  if (found.engines === undefined) tell('the engines');
  const confirmed = await confirmContainers(host, await engines, found.netns.netns);
  found.engines = options.containerFiles === false ? confirmed : await collectContainerFiles(host, confirmed);
  const snapshot = build() as Snapshot;
  listener(snapshot, { waitingFor: [] });
  return snapshot;
}

function buildSnapshot(found: Parts, gaps: readonly Gap[], takenAt: string, tookMs: number): Snapshot | undefined {
  if (found.facts === undefined) return undefined;
  return {
    host: found.facts,
    takenAt,
    tookMs,
    engines: found.engines?.engines ?? [],
    ...(found.ovs?.openVswitch === undefined ? {} : { openVswitch: found.ovs.openVswitch }),
    netns: sortNetns(found.netns?.netns ?? []),
    gaps: distinct([...gaps, ...(found.netns?.gaps ?? []), ...(found.engines?.gaps ?? []), ...(found.ovs?.gaps ?? [])]),
  };
}

function unknownFacts(host: Host): HostFacts {
  return { id: host.id, hostname: host.id, kernel: '', uid: -1, privileged: false, tools: {} };
}
