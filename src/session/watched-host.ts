/** One host and its snapshot, kept current: collected in stages, then moved on by events. */
import { type CollectOptions, collectInStages } from '../collect/collect-in-stages.ts';
import { updateNetns } from '../collect/merge-netns.ts';
import { allParts, wiringParts } from '../collect/netns-parts.ts';
import type { Following, Host, HostEvent } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { Snapshot } from '../model/snapshot.ts';
import { applyEvents, type ToAsk } from './apply-events.ts';
import { askEngineAgain } from './ask-engine-again.ts';

export interface WatchedHost {
  readonly host: Host;
  snapshot(): Snapshot | undefined;
  waitingFor(): readonly string[];
  following(): boolean;
  collect(): Promise<void>;
  follow(): Promise<void>;
  close(): Promise<void>;
}

/** `changed` is called after every change of the snapshot. */
export const watchHost = (host: Host, options: CollectOptions, changed: () => void): WatchedHost => {
  let snapshot: Snapshot | undefined;
  let waitingFor: readonly string[] = ['the kernel'];
  let following: Following | undefined;
  let asking: Promise<void> = Promise.resolve();
  let closed = false;

  const put = (next: Snapshot): void => {
    snapshot = next;
    changed();
  };

  const collect = async (): Promise<void> => {
    const last = await collectInStages(host, options, (found, stage) => {
      // A refresh shows nothing until it is whole: half a picture would take away what is already there.
      waitingFor = stage.waitingFor;
      if (snapshot === undefined || following === undefined) put(found);
    });
    waitingFor = [];
    put(last);
  };

  const askNetns = async (): Promise<void> => {
    const parts = (options.parts ?? allParts).filter((part) => wiringParts.includes(part));
    const answer = await host.ask({ about: 'netns', parts, search: 'quick' });
    if (answer.value !== undefined && snapshot !== undefined) {
      put({ ...snapshot, netns: updateNetns(snapshot.netns, answer.value) });
    }
  };

  /** A container whose process is in no netns we know: one without links (`--network none`) makes no kernel event. */
  const hasUnseenProcess = (): boolean => {
    const seen = new Set(
      snapshot?.netns.flatMap((netns) => netns.holders.flatMap((one) => (one.kind === 'process' ? [one.pid] : []))),
    );
    return (
      snapshot?.engines.some((engine) => engine.containers.some((one) => one.pid > 0 && !seen.has(one.pid))) ?? false
    );
  };

  const askAgain = async (toAsk: ToAsk): Promise<void> => {
    if (closed || snapshot === undefined) return;
    if (toAsk.everything) return collect();
    for (const [socket, changes] of toAsk.engines) {
      const engine = snapshot.engines.find((one) => one.socket === socket);
      if (engine === undefined) continue;
      const now = await askEngineAgain(host, engine, changes);
      put({ ...snapshot, engines: snapshot.engines.map((one) => (one.socket === socket ? now : one)) });
    }
    if (toAsk.engines.size > 0 && hasUnseenProcess()) await askNetns();
  };

  const listen = (events: readonly HostEvent[]): void => {
    if (snapshot === undefined || closed) return;
    const applied = applyEvents(snapshot, events);
    put(applied.snapshot);
    if (applied.toAsk.everything || applied.toAsk.engines.size > 0) {
      asking = asking.then(() => askAgain(applied.toAsk)).catch(() => undefined);
    }
  };

  const addGaps = (gaps: readonly Gap[]): void => {
    if (gaps.length > 0 && snapshot !== undefined) put({ ...snapshot, gaps: [...snapshot.gaps, ...gaps] });
  };

  return {
    host,
    snapshot: () => snapshot,
    waitingFor: () => waitingFor,
    following: () => following !== undefined,
    collect,
    follow: async () => {
      if (!host.live || snapshot === undefined) return;
      const engines = snapshot.engines.map(({ kind, socket }) => ({ kind, socket }));
      following = await host.follow({ parts: options.parts ?? allParts, engines }, listen);
      addGaps(following.gaps);
      // What happened between the reading and the first event would never be told.
      await askNetns();
    },
    close: async () => {
      closed = true;
      await following?.stop();
      await host.close();
    },
  };
};
