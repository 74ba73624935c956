/** Gathers what a watch tells into groups, of bounded number; asked at any time for the account so far. */
import type { Graph } from '../../graph/graph.ts';
import type { GrownCounter } from '../../host/live/live-order.ts';
import type {
  ConnectionEvent,
  DropEvent,
  LeftOut,
  TrackingLoss,
  WatchBatch,
  WatchOrder,
} from '../../host/live/watch-order.ts';
import type { NetnsId } from '../../model/ids.ts';
import { buildWorld } from '../../trace/build-world.ts';
import { nameLegacy } from '../name-rule.ts';
import { createJourneys, type Journey } from './journeys.ts';
import { flagsOf } from './tcp-flags.ts';
import { connectionKey, connectionText } from './tell-connection.ts';
import { dropSubject, dropWords, placeWords } from './tell-drop.ts';
import { tellJourney } from './tell-journey.ts';
import type { WatchGroup } from './watch-account.ts';

/** More ways to lose a packet than anybody reads. */
const groupLimit = 500;
/** So long a drop waits for the rule trace of its packet. */
const pendingMs = 400;
/** Rates are those of so many seconds. */
const windowMs = 5000;

type Told = Omit<WatchGroup, 'id' | 'count' | 'firstAt' | 'lastAt' | 'perSecond'>;

interface Group {
  readonly id: string;
  told: Told;
  count: number;
  readonly firstAt: number;
  lastAt: number;
  readonly flags: Set<string>;
  /** When, and how many. */
  recent: (readonly [at: number, count: number])[];
}

export interface WatchTally {
  /** Another picture of the machine, for what comes from now on. */
  takeGraph(graph: Graph): void;
  add(batch: WatchBatch): void;
  /** Time has passed: packets that nothing more was heard of are told. With `all`, at the end, everything. */
  rest(at: number, all: boolean): void;
  groups(): readonly WatchGroup[];
  /** Packets of the flow arrived, or left, and nothing came back. */
  unanswered(): boolean;
  leftOut(): LeftOut & { readonly groups: number };
}

/** An answer may take its time. */
const answerMs = 1500;

const rank = (group: Group): number =>
  group.told.outcome === 'delivered' || group.told.outcome === 'left' ? 1 : group.told.kind === 'connection' ? 2 : 0;

export const createTally = (start: Graph, order: WatchOrder): WatchTally => {
  let world = buildWorld(start);
  let left: LeftOut = { rules: 0, drops: 0, connections: 0, noise: 0 };
  let leftGroups = 0;
  let now = 0;
  const groups = new Map<string, Group>();
  const handles: Record<string, readonly number[]> = {};
  const journeys = order.flow === undefined ? undefined : createJourneys(order.flow);
  const groupOf = new WeakMap<Journey, Group>();
  const connections = new Map<string, { begun: number; answered: number; ended: number; unanswered: number }>();
  const fullTable = new Set<NetnsId>();
  const pending: { readonly at: number; readonly drop: DropEvent }[] = [];
  const pathInodes = new Set(order.watch.map(({ netns }) => start.netns.get(netns)?.facts.inode));
  let elsewhere = 0;
  const path = order.watch.map(({ netns }) => netns);

  const count = (key: string, told: Told, at: number, more: number): Group | undefined => {
    let group = groups.get(key);
    if (group === undefined) {
      if (groups.size >= groupLimit) {
        leftGroups += more;
        return undefined;
      }
      group = { id: `${groups.size + 1}`, told, count: 0, firstAt: at, lastAt: at, flags: new Set(), recent: [] };
      groups.set(key, group);
    }
    // The way of the first: of a connection's packets it meets the most rules.
    group.told = { ...told, ...(group.told.way === undefined ? {} : { way: group.told.way }) };
    group.count += more;
    group.lastAt = Math.max(group.lastAt, at);
    group.recent.push([at, more]);
    if (group.recent.length > 200) group.recent = group.recent.filter(([when]) => at - when < windowMs);
    return group;
  };

  const containerIn = (netns: NetnsId | undefined) => {
    const node = netns === undefined ? undefined : world.graph.netns.get(netns);
    const container = node?.facts.isHost === true ? undefined : node?.containers[0];
    return { ...(netns === undefined ? {} : { netns }), ...(container === undefined ? {} : { container }) };
  };

  const addJourney = (journey: Journey): void => {
    const told = tellJourney(world, { handles }, journey, path, fullTable);
    const { netns, ...words } = told;
    const link = journey.drop === undefined ? undefined : dropWords(world, journey.drop, { fullTable }).link;
    const group = count(
      // Which rules let it pass differs from the first packet of a connection to the next: that makes no other group.
      `way ${journey.direction} ${told.text}`,
      {
        kind: 'way',
        direction: journey.direction,
        ...words,
        ...containerIn(netns),
        ...(link === undefined ? {} : { link }),
        ...(journey.drop === undefined
          ? {}
          : {
              drop: {
                location: journey.drop.location,
                ...(journey.drop.reason === undefined ? {} : { reason: journey.drop.reason }),
              },
            }),
      },
      journey.firstAt,
      1,
    );
    if (group === undefined) return;
    groupOf.set(journey, group);
    for (const flag of flagsOf(journey.first.flags)) group.flags.add(flag);
  };

  /** It was told as on its way; the kernel says otherwise. */
  const takeBack = (journey: Journey): void => {
    const group = groupOf.get(journey);
    if (group === undefined) return;
    group.count--;
    if (group.count === 0) for (const [key, one] of groups) if (one === group) groups.delete(key);
  };

  /** False: it is none of the packets the rule trace knows. */
  const endJourney = (at: number, drop: DropEvent): boolean => {
    const ended = journeys?.addDrop(at, drop);
    if (ended?.late === true) {
      takeBack(ended.journey);
      addJourney(ended.journey);
    }
    return ended !== undefined;
  };

  /** Its rules may be heard of only after its end. */
  const settleDrops = (at: number, all: boolean): void => {
    const waiting = pending.splice(0);
    for (const one of waiting) {
      if (endJourney(one.at, one.drop)) continue;
      if (all || at - one.at > pendingMs) tellDrop(one.at, one.drop);
      else pending.push(one);
    }
  };

  /** Equal addresses occur in other places, too: what is no packet the rule trace knows counts only where the flow passes. */
  const isElsewhere = ({ inode }: DropEvent): boolean =>
    journeys !== undefined && inode !== undefined && !pathInodes.has(inode);

  const tellDrop = (at: number, drop: DropEvent): void => {
    if (isElsewhere(drop)) {
      elsewhere += drop.count;
      return;
    }
    const words = dropWords(world, drop, { fullTable });
    const subject = dropSubject(world, drop);
    const place = placeWords(world, words, drop.inode);
    const text = `${place === '' ? '' : `${place}: `}${subject}: ${words.sentence}`;
    count(
      `drop ${text}`,
      {
        kind: 'drop',
        outcome: words.outcome,
        text,
        ...containerIn(words.netns),
        ...(words.link === undefined ? {} : { link: words.link }),
        drop: { location: drop.location, ...(drop.reason === undefined ? {} : { reason: drop.reason }) },
      },
      at,
      drop.count,
    );
  };

  const addConnection = (at: number, event: ConnectionEvent): void => {
    const key = connectionKey(event);
    const counts = connections.get(key) ?? { begun: 0, answered: 0, ended: 0, unanswered: 0 };
    connections.set(key, counts);
    if (event.what === 'new') counts.begun++;
    // A connection is assured, or established, once: the update that says so is its answer.
    if (event.what === 'update' && (event.tcpState === 'SYN_RECV' || (event.tcpState === undefined && event.replied)))
      counts.answered++;
    if (event.what === 'destroy') {
      counts.ended++;
      if (!event.replied) counts.unanswered++;
    }
    const told: Told = {
      kind: 'connection',
      outcome: counts.answered > 0 || counts.begun === 0 ? 'delivered' : 'unknown',
      text: connectionText(world, event, counts),
      ...containerIn(event.netns),
    };
    count(`connection ${key}`, told, at, event.what === 'new' ? 1 : 0);
  };

  const addTracking = (at: number, { netns, packets, count: entries, max }: TrackingLoss): void => {
    fullTable.add(netns);
    const size = entries === undefined || max === undefined ? '' : ` (${entries} entries, at most ${max})`;
    const text = `${world.view(netns).node.name}: the conntrack table is full${size}: packets that would begin a connection are dropped`;
    count(`tracking ${netns}`, { kind: 'tracking', outcome: 'dropped', text, ...containerIn(netns) }, at, packets);
  };

  /** What a legacy rule counts may be anybody's; only rules that end packets are worth telling. */
  const addCounter = (at: number, grown: GrownCounter): void => {
    const rule = nameLegacy(world, grown.netns, grown);
    const drops = rule !== undefined && (grown.index === 0 ? /policy drop/i : /-j (DROP|REJECT)\b/).test(rule.rule);
    if (rule === undefined || !drops) return;
    const which =
      rule.index === 0
        ? `the policy of ${rule.table} ${rule.chain}`
        : `rule ${rule.index} in ${rule.table} ${rule.chain}`;
    const text = `${world.view(grown.netns).node.name}: ${which} dropped packets, of this flow or of others (a legacy counter): ${rule.rule}`;
    count(
      `counter ${grown.netns} ${grown.table} ${grown.chain} ${grown.index}`,
      { kind: 'counter', outcome: 'dropped', text, ...containerIn(grown.netns) },
      at,
      grown.packets,
    );
  };

  const settle = (at: number, all: boolean): void => {
    settleDrops(at, all);
    for (const journey of journeys?.takeRested(at, all) ?? []) addJourney(journey);
  };

  return {
    takeGraph: (graph) => {
      world = buildWorld(graph);
    },
    add: (batch) => {
      now = batch.at;
      left = batch.leftOut;
      Object.assign(handles, batch.handles);
      for (const loss of batch.tracking) addTracking(batch.at, loss);
      journeys?.addRules(batch.at, batch.rules);
      for (const drop of batch.drops) {
        if (journeys === undefined) tellDrop(batch.at, drop);
        else pending.push({ at: batch.at, drop });
      }
      for (const connection of batch.connections) addConnection(batch.at, connection);
      for (const grown of batch.grown) addCounter(batch.at, grown);
      settle(batch.at, false);
    },
    rest: (at, all) => {
      now = Math.max(now, at);
      settle(at, all);
    },
    groups: () =>
      [...groups.values()]
        .toSorted((a, b) => rank(a) - rank(b) || b.lastAt - a.lastAt || b.count - a.count)
        .map(({ id, told, count: number, firstAt, lastAt, flags, recent }) => {
          const counted = recent.reduce((sum, [when, more]) => (now - when < windowMs ? sum + more : sum), 0);
          return {
            id,
            ...told,
            count: number,
            firstAt,
            lastAt,
            perSecond: Math.round((counted * 10_000) / windowMs) / 10,
            ...(flags.size === 0 ? {} : { flags: [...flags] }),
          };
        }),
    unanswered: () => {
      const ways = [...groups.values()].filter(({ told }) => told.kind === 'way');
      const sent = ways.filter(
        ({ told, firstAt }) =>
          told.direction === 'request' &&
          (told.outcome === 'delivered' || told.outcome === 'left') &&
          now - firstAt > answerMs,
      );
      return sent.length > 0 && ways.every(({ told }) => told.direction === 'request');
    },
    leftOut: () => ({ ...left, noise: left.noise + elsewhere, groups: leftGroups }),
  };
};
