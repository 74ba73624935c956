/** The worker: the only thread that enters netns. It reads raw, the main thread decodes. */
import { parentPort, workerData } from 'node:worker_threads';
import type { NetnsPart } from '../host.ts';
import { findNewcomers, type Known, readNumbers } from './kernel/find-newcomers.ts';
import { type Follower, startFollower } from './kernel/follower.ts';
import { inHostNetns } from './kernel/host-socket.ts';
import { modulePresence } from './kernel/modules.ts';
import { type ReadResult, readAll } from './kernel/read-all.ts';
import { rereadLinks } from './kernel/reread.ts';
import { type FromWorker, type RawEvent, type ToWorker, type WorkerData, workerFlags } from './protocol.ts';

const port = parentPort;
if (port === null) throw new Error('netlink-worker is a worker');
const { host, ...shared } = workerData as WorkerData;
const flags = new Int32Array(shared.flags);
Atomics.store(flags, workerFlags.loaded, 1);
Atomics.notify(flags, workerFlags.loaded);
const stopped = (): boolean => Atomics.load(flags, workerFlags.stop) !== 0;

const post = (message: FromWorker, transfer: readonly ArrayBuffer[] = []): void =>
  port.postMessage(message, [...transfer]);
const postEvents = (buffer: ArrayBuffer, events: readonly RawEvent[]): void =>
  post({ kind: 'events', buffer, events }, [buffer]);

/** What the last read of the whole machine found; following builds on it. */
let last: ReadResult | undefined;
let enginePids: readonly number[] = [];
let follower: Follower | undefined;
let known: Known | undefined;

const read = (message: Extract<ToWorker, { kind: 'read' }>): void => {
  const result = readAll({ host, ...message, stopped }, (buffer, netns) =>
    post({ kind: 'chunk', read: message.read, buffer, netns }, [buffer]),
  );
  enginePids = message.enginePids;
  remember(result);
  post({ kind: 'done', read: message.read, netns: result.identities, gaps: result.gaps, timings: result.timings });
};

/**
 * Doors only: a netns whose number was learnt here would count as followed, though of what happened in it before it had one nobody told,
 * and this read may not have been of everything.
 */
const remember = (result: ReadResult): void => {
  last = result;
  for (const [id, netns] of result.doors) known?.doors.set(id, netns);
};

const follow = (parts: readonly NetnsPart[], signalled: boolean): void => {
  follower?.stop();
  const from = last ?? readAll({ host, parts: [], enginePids, search: 'quick', stopped }, () => undefined);
  const following: Known = {
    host,
    parts,
    enginePids,
    doors: new Map(from.doors),
    numbering: { hostId: from.hostId, byNsid: new Map(from.hostNsids) },
  };
  known = following;
  const machine = { hostInode: from.hostInode, presence: modulePresence(), socketHolders: () => [] };
  const inHost = inHostNetns(from, () =>
    startFollower({
      parts,
      signalled,
      machine,
      numbering: following.numbering,
      doors: following.doors,
      post: postEvents,
      discover: (arena) => findNewcomers(following, arena),
      renumber: (netns, arena) => readNumbers(following, netns, arena),
    }),
  );
  follower = inHost.value;
  post({ kind: 'following', gaps: [...inHost.gaps, ...(follower?.gaps ?? [])] });
  // What happened between the last read and the sockets' opening shows as newcomers at least.
  follower?.drain();
};

const end = (): void => {
  follower?.stop();
  port.close();
};

port.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'read':
      return read(message);
    case 'follow':
      return follow(message.parts, message.signalled);
    case 'drain':
      follower?.drain();
      return post({ kind: 'drained' });
    case 'unfollow':
      follower?.stop();
      follower = undefined;
      known = undefined;
      return post({ kind: 'unfollowed' });
    case 'relink':
      if (known !== undefined) rereadLinks(message.netns, known.doors, postEvents);
      return;
    case 'close':
      return end();
  }
});
