/** Keeps a snapshot true by the host's events: nothing is polled that has one. */
import type { FollowOptions, Host, HostEvent, Question } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { applyAnswer } from './apply-answer.ts';
import { applyEvents } from './apply-events.ts';
import { collect } from './collect.ts';
import type { CollectOptions } from './collect-in-stages.ts';
import { allParts } from './netns-parts.ts';
import { findUnseenContainers } from './unseen-containers.ts';

export interface Keeping {
  /** What cannot be followed, so must be refreshed by hand. */
  readonly gaps: readonly Gap[];
  stop(): Promise<void>;
}

/**
 * `listener` gets every snapshot that differs from the one before, beginning after `snapshot`. Events that come while questions are being
 * answered are applied at once, so a link that goes down shows immediately; their questions follow together, one round at a time.
 */
export async function keepCurrent(
  host: Host,
  snapshot: Snapshot,
  options: CollectOptions,
  listener: (snapshot: Snapshot) => void,
): Promise<Keeping> {
  let current = snapshot;
  let pending: HostEvent[] = [];
  let busy: Promise<void> | undefined;
  let stopped = false;
  const listening = new Set<HostEvent[]>();
  const become = (next: Snapshot) => {
    if (next === current || stopped) return;
    current = next;
    listener(current);
  };
  /** What was read before an event but arrives after it must not undo it: events of that time are applied once more on top. */
  const meanwhile = async <T>(answer: Promise<T>, build: (answer: T) => Snapshot) => {
    const since: HostEvent[] = [];
    listening.add(since);
    const next = build(await answer);
    listening.delete(since);
    become(applyEvents(next, since).snapshot);
  };
  const askAndApply = (question: Question) =>
    meanwhile(host.ask(question), (answer) => applyAnswer(current, question, answer));
  const round = async () => {
    while (pending.length > 0 && !stopped) {
      const events = pending;
      pending = [];
      // Applied before; asked for now. The same events again, so that what they ask for fits the snapshot as it is now.
      const { ask, resync } = applyEvents(current, events);
      if (resync) {
        await meanwhile(collect(host, options), (whole) => whole);
        continue;
      }
      for (const question of ask) await askAndApply(question);
      for (const question of findFollowUps(current, ask, options)) await askAndApply(question);
    }
    busy = undefined;
  };
  const hear = (events: readonly HostEvent[]) => {
    if (stopped || events.length === 0) return;
    for (const since of listening) since.push(...events);
    become(applyEvents(current, events).snapshot);
    pending.push(...events.filter(({ kind }) => kind === 'netns-appeared' || kind === 'engine' || kind === 'resync'));
    if (pending.length > 0) busy ??= round();
  };
  const follow: FollowOptions = {
    parts: options.parts ?? allParts,
    engines: snapshot.engines.map(({ kind, socket }) => ({ kind, socket })),
  };
  const following = await host.follow(follow, hear);
  // What happened between the reading and the first event nobody will tell.
  pending.push(...follow.engines.map(daemonUnknown));
  busy ??= askAndApply({ about: 'netns', parts: follow.parts }).then(round);
  return {
    gaps: following.gaps,
    stop: async () => {
      stopped = true;
      await following.stop();
      await busy;
    },
  };
}

const daemonUnknown = ({ socket }: FollowOptions['engines'][number]): HostEvent => ({
  kind: 'engine',
  socket,
  about: 'daemon',
  action: 'follow',
  id: '',
});

/**
 * What a container that started or changed makes worth asking: its files (joining a network writes its hosts anew), and its netns where no event told of it (one without a link to the
 * host's netns, as of `--network none`, has no nsid and so no events).
 */
function findFollowUps(snapshot: Snapshot, asked: readonly Question[], options: CollectOptions): readonly Question[] {
  const changed = new Set(
    asked.flatMap((question) => (question.about === 'engines' ? (question.only?.containers ?? []) : [])),
  );
  const running = snapshot.engines.flatMap(({ containers }) => containers.filter(({ pid }) => pid > 0));
  const unseen = findUnseenContainers(running, snapshot.netns);
  const unread =
    options.containerFiles === false
      ? []
      : running.filter(({ files, fullId }) => files === undefined || changed.has(fullId));
  return [
    ...(unseen.length === 0 ? [] : [{ about: 'netns' as const, parts: options.parts ?? allParts }]),
    ...(unread.length === 0
      ? []
      : [{ about: 'containerFiles' as const, containers: unread.map(({ fullId, pid }) => ({ fullId, pid })) }]),
  ];
}
