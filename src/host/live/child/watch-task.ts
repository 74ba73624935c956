/** Arm, tell what happens, disarm: one watch from beginning to end. */
import type { Gap } from '../../../model/gap.ts';
import { modulePresence } from '../../netlink/kernel/modules.ts';
import type { WatchTask } from '../child-order.ts';
import { connectionIsOfFlow, dropIsOfFlow } from '../flow-match.ts';
import type { RuleEvent } from '../live-order.ts';
import type { ArmedWatch, DropEvent, WatchBatch, WatchEvent } from '../watch-order.ts';
import { type ArmedTables, armTables } from './arm-tables.ts';
import { type ConnectionListener, listenToConnections } from './conntrack-events.ts';
import { type DropSource, openDropSource } from './drops/drop-source.ts';
import { isNoise } from './drops/noise.ts';
import { followLegacy } from './follow-legacy.ts';
import { openPlaces, type Place } from './place-door.ts';
import { type HandleReader, readRuleHandles } from './read-rule-handles.ts';
import { listenToRules, type RuleTrace } from './rule-trace.ts';
import { watchTracking } from './tracking-losses.ts';

export interface WatchContext {
  tell(event: WatchEvent): void;
  /** Called when the process ends before the watch has. */
  onExit(cleanup: () => void): void;
  /** Aborted: come to an end. */
  readonly finish: AbortSignal;
}

const tickMs = 50;
/** After the last look at the rules: what is still on its way to us. */
const settleMs = 100;
const trackingMs = 500;
/** More than this at one tick waits for the next, or is counted by the kernel. */
const dropsPerTick = 2000;

const wait = (ms: number, signal?: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const over = (): void => {
      clearTimeout(timer);
      signal?.removeEventListener('abort', over);
      resolve();
    };
    const timer = setTimeout(over, ms);
    signal?.addEventListener('abort', over);
  });

/** Takes so many a second and counts the rest. */
const limited = <Event>(perSecond: number) => {
  let second = 0;
  let taken = 0;
  let leftOut = 0;
  return {
    take: (events: Event[], event: Event, count = 1): void => {
      const now = Math.floor(performance.now() / 1000);
      if (now !== second) [second, taken] = [now, 0];
      if (taken++ < perSecond) events.push(event);
      else leftOut += count;
    },
    leaveOut: (more: number): void => {
      leftOut += more;
    },
    leftOut: (): number => leftOut,
  };
};

interface Armed extends ArmedTables {
  readonly places: readonly Place[];
  readonly traces: readonly RuleTrace[];
  readonly connections: readonly ConnectionListener[];
  readonly drops: DropSource | undefined;
  readonly handles: HandleReader;
}

const listen = <T extends object>(
  source: string,
  places: readonly Place[],
  open: (place: Place) => T | { readonly error: string },
  gaps: Gap[],
): readonly T[] =>
  places.flatMap((place): readonly T[] => {
    const opened = open(place);
    if (!('error' in opened)) return [opened];
    gaps.push({ source, netns: place.netns, reason: 'forbidden', detail: String(opened.error) });
    return [];
  });

const listenToTracking = (places: readonly Place[], gaps: Gap[]): readonly ConnectionListener[] => {
  if (places.length === 0) return [];
  // Listening would load the module, and with it change the machine.
  if (modulePresence()('nf_conntrack_netlink') === 'absent') {
    gaps.push({
      source: 'conntrack events',
      reason: 'missing',
      detail: 'nf_conntrack_netlink is not loaded',
      howToSee: 'modprobe nf_conntrack_netlink',
    });
    return [];
  }
  return listen('conntrack events', places, listenToConnections, gaps);
};

const arm = async (task: WatchTask, context: WatchContext): Promise<Armed> => {
  const { places, gaps: closed } = openPlaces(task.places);
  const gaps: Gap[] = [...closed];
  const traces = listen('rule trace', places, listenToRules, gaps);
  // Before our own tables: a listing that is overtaken by a change fails.
  const handles = await readRuleHandles(task.nft, places);
  const drops = openDropSource(gaps);
  if (drops !== undefined) context.onExit(drops.close);
  const connections = listenToTracking(places, gaps);
  const tables =
    task.flow === undefined || places.length === 0
      ? { tables: [], gaps: [] }
      : await armTables(task.nft, places, task.family, {
          kind: 'flow',
          tuples: task.flow.tuples,
          perSecond: task.eventsPerSecond,
        });
  return { places, traces, connections, drops, handles, tables: tables.tables, gaps: [...gaps, ...tables.gaps] };
};

const armedWatch = ({ tables, connections, drops, gaps }: Armed): ArmedWatch => ({
  traced: tables.map(({ place }) => place.netns),
  connections: connections.map(({ netns }) => netns),
  drops: drops?.tells ?? 'none',
  gaps,
});

/** Alike but for the moment: told once, with their number. Without a flow single packets do not matter, nor do the ports they come from. */
const mergeDrops = (events: readonly DropEvent[], single: boolean): readonly DropEvent[] => {
  const merged = new Map<string, DropEvent>();
  for (const event of events) {
    const { length: _length, packet, ...rest } = event;
    const { sport: _sport, seq: _seq, ack: _ack, fingerprint: _fingerprint, icmpId: _id, ...ends } = packet ?? {};
    const key = JSON.stringify(single ? event : [rest, ends]);
    const known = merged.get(key);
    merged.set(key, known === undefined ? event : { ...known, count: known.count + 1 });
  }
  return [...merged.values()];
};

/** Reads everything once; resolves with what is worth telling. */
const makeReader = (task: WatchTask, armed: Armed) => {
  const { flow } = task;
  const rules = limited<RuleEvent>(task.eventsPerSecond * 50);
  const drops = limited<DropEvent>(task.eventsPerSecond);
  const connections = limited<WatchBatch['connections'][number]>(task.eventsPerSecond);
  const legacy = followLegacy(task, armed.places);
  const tracking = watchTracking(armed.places);
  const toldHandles = new Set<string>();
  let noise = 0;
  let trackedAt = 0;
  let lostRules = false;
  return {
    lostRules: () => lostRules,
    leaveOut: rules.leaveOut,
    read: async (last: boolean): Promise<WatchBatch> => {
      const [seenRules, seenDrops]: [RuleEvent[], DropEvent[]] = [[], []];
      const seenConnections: WatchBatch['connections'][number][] = [];
      for (const trace of armed.traces) {
        const events: RuleEvent[] = [];
        if (trace.drain(events)) lostRules = true;
        for (const event of events) rules.take(seenRules, event);
      }
      armed.drops?.drain(dropsPerTick, (event) => {
        if (isNoise(event)) noise++;
        else if (flow === undefined || armed.drops?.tells === 'counts' || dropIsOfFlow(flow, event))
          seenDrops.push(event);
      });
      for (const listener of armed.connections)
        listener.drain((event) => {
          if (flow !== undefined && connectionIsOfFlow(flow, event)) connections.take(seenConnections, event);
        });
      // Alike ones first become one: a flood of one kind is told with its number.
      const toldDrops: DropEvent[] = [];
      for (const event of mergeDrops(seenDrops, flow !== undefined)) drops.take(toldDrops, event, event.count);
      const now = performance.now();
      const looks = last || now - trackedAt > trackingMs;
      if (looks) trackedAt = now;
      const handles = Object.entries(armed.handles(seenRules)).filter(([key]) => !toldHandles.has(key));
      for (const [key] of handles) toldHandles.add(key);
      return {
        at: Date.now(),
        rules: seenRules,
        drops: toldDrops,
        connections: seenConnections,
        tracking: looks ? tracking() : [],
        grown: await legacy(last),
        handles: Object.fromEntries(handles),
        leftOut: {
          rules: rules.leftOut(),
          drops: drops.leftOut() + (armed.drops?.lost() ?? 0),
          connections: connections.leftOut(),
          noise,
        },
      };
    },
  };
};

const saysSomething = ({ rules, drops, connections, tracking, grown }: WatchBatch): boolean =>
  rules.length + drops.length + connections.length + tracking.length + grown.length > 0;

/** Rejects with one line when nothing could be armed at all. */
export const watchTask = async (task: WatchTask, context: WatchContext): Promise<void> => {
  const armed = await arm(task, context);
  const { tell, finish } = context;
  try {
    if (armed.drops === undefined && armed.tables.length === 0)
      throw new Error(armed.gaps.map(({ source, detail }) => `${source}: ${detail}`).join('; '));
    const reader = makeReader(task, armed);
    tell({ kind: 'armed', armed: armedWatch(armed) });
    const ends = performance.now() + task.durationMs;
    while (performance.now() < ends && !finish.aborted) {
      await wait(Math.min(tickMs, ends - performance.now()), finish);
      const batch = await reader.read(false);
      if (saysSomething(batch)) tell({ kind: 'batch', batch });
    }
    await wait(settleMs);
    reader.leaveOut(await closeTables(armed));
    tell({ kind: 'batch', batch: await reader.read(true) });
    if (reader.lostRules())
      tell({ kind: 'gap', gap: { source: 'rule trace', reason: 'truncated', detail: 'some events were lost' } });
  } finally {
    armed.drops?.close();
    for (const listener of [...armed.traces, ...armed.connections]) listener.close();
    await closeTables(armed);
    for (const place of armed.places) place.close();
  }
};

/** Safe to call twice: a closed nft tells nothing more. */
const closeTables = async ({ tables }: Armed): Promise<number> => {
  const unmarked = await Promise.all(tables.map(({ table }) => table.close()));
  return unmarked.reduce((sum, one) => sum + one, 0);
};
