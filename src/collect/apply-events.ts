/** A snapshot and what happened since → the next snapshot, and what must be asked again for what the events do not carry. */
import type { HostEvent, NetnsPart, Question } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { NetnsId } from '../model/ids.ts';
import type { Link } from '../model/link.ts';
import type { Netns } from '../model/netns.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { distinct } from './distinct.ts';
import { updateNetns } from './merge-netns.ts';

export interface AppliedEvents {
  readonly snapshot: Snapshot;
  /** To be asked, and their answers given to `applyAnswer`. */
  readonly ask: readonly Question[];
  /** Events were lost: everything must be collected again, whatever `ask` says. */
  readonly resync: boolean;
}

interface Asked {
  readonly containers: Set<string>;
  readonly networks: Set<string>;
  /** The daemon itself changed (restart, reload): everything of it. */
  whole: boolean;
}

/** Pure; the snapshot given is not touched. */
export function applyEvents(snapshot: Snapshot, events: readonly HostEvent[]): AppliedEvents {
  let netns: readonly Netns[] = snapshot.netns;
  const gaps: Gap[] = [];
  const born: Netns[] = [];
  const engines = new Map<string, Asked>();
  let resync = false;
  for (const event of events) {
    switch (event.kind) {
      case 'netns-appeared':
        netns = updateNetns(netns, [event.netns]);
        born.push(event.netns);
        break;
      case 'netns-gone':
        netns = netns.filter(({ id }) => id !== event.id);
        break;
      case 'links':
        netns = change(netns, event.netns, (one) => withLinks(one, event.changed, event.gone));
        break;
      case 'facts':
        netns = change(netns, event.netns, (one) => ({ ...one, ...event.facts }));
        break;
      case 'engine':
        noteEngine(engines, event);
        break;
      case 'resync':
        resync = true;
        break;
      case 'gap':
        gaps.push(event.gap);
        break;
    }
  }
  const next = { ...snapshot, netns, gaps: distinct([...snapshot.gaps, ...gaps]) };
  return { snapshot: next, ask: [...askForBorn(next, born), ...askEngines(engines)], resync };
}

function change(netns: readonly Netns[], id: NetnsId, edit: (one: Netns) => Netns): readonly Netns[] {
  return netns.map((one) => (one.id === id ? edit(one) : one));
}

/** In order of ifindex, as the kernel lists them. */
function withLinks(netns: Netns, changed: readonly Link[], gone: readonly number[]): Netns {
  const replaced = new Set([...changed.map(({ ifindex }) => ifindex), ...gone]);
  const kept = (netns.links ?? []).filter(({ ifindex }) => !replaced.has(ifindex));
  const links = [...kept, ...changed].toSorted((a, b) => a.ifindex - b.ifindex);
  if (netns.addresses === undefined) return { ...netns, links };
  // The addresses of a link go with it, without an event of their own.
  return { ...netns, links, addresses: netns.addresses.filter(({ ifindex }) => !gone.includes(ifindex)) };
}

function noteEngine(engines: Map<string, Asked>, event: Extract<HostEvent, { kind: 'engine' }>): void {
  const asked = engines.get(event.socket) ?? { containers: new Set(), networks: new Set(), whole: false };
  engines.set(event.socket, asked);
  switch (event.about) {
    case 'container':
      asked.containers.add(event.id);
      return;
    case 'network':
      asked.networks.add(event.id);
      return;
    case 'daemon':
      asked.whole = true;
  }
}

function askEngines(engines: ReadonlyMap<string, Asked>): readonly Question[] {
  return [...engines].map(([socket, { containers, networks, whole }]) => ({
    about: 'engines',
    socket,
    ...(whole ? {} : { only: { containers: [...containers], networks: [...networks] } }),
  }));
}

/** A new netns comes with the parts that are followed; the others are asked for, so that it is as complete as its neighbours. */
function askForBorn(snapshot: Snapshot, born: readonly Netns[]): readonly Question[] {
  const known = snapshot.netns.filter(({ id }) => !born.some((one) => one.id === id));
  return born
    .filter(({ id }) => snapshot.netns.some((one) => one.id === id))
    .flatMap((one) => {
      const parts = askable.filter(
        (part) => one[part] === undefined && known.some((other) => other[part] !== undefined),
      );
      return parts.length === 0 ? [] : [{ about: 'netns' as const, parts, only: [one.id] }];
    });
}

const askable: readonly (NetnsPart & keyof Netns)[] = [
  'links',
  'addresses',
  'routes',
  'policyRules',
  'neighbours',
  'fdb',
  'vlans',
  'sysctls',
  'sockets',
  'conntrack',
  'ruleset',
];
