/** Arm, send, watch, disarm: one proof from beginning to end. */
import type { Gap } from '../../../model/gap.ts';
import type { ProofTask } from '../child-order.ts';
import type { KernelEvent, ProbeEnd, ProbeRecord, RuleEvent } from '../live-order.ts';
import { type ArmedTables, armTables } from './arm-tables.ts';
import { type KernelAccount, openKernelAccount } from './kernel-account.ts';
import { findGrown } from './legacy-counters.ts';
import { openPlaces } from './place-door.ts';
import { hasClosed, openProbe, type ProbeSocket } from './probe-socket.ts';
import { readLegacy } from './read-legacy.ts';
import { readRuleHandles } from './read-rule-handles.ts';
import { listenToRules, type RuleTrace } from './rule-trace.ts';
import { nameThread } from './sockets.ts';

export interface ProofContext {
  progress(text: string): void;
  /** Called when the process ends before the proof has. */
  onExit(cleanup: () => void): void;
}

const tickMs = 4;
/** After the end: what is still on its way to us. */
const settleMs = 60;
/** After a drop was seen: time for an answer that tells the sender (a REJECT's ICMP). */
const afterDropMs = 250;
/** A userland proxy whose own connection fails lets go within this time. */
const proxyMs = 400;
/** UDP is not answered by everybody. */
const datagramMs = 1000;

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Watching {
  readonly traces: readonly RuleTrace[];
  readonly account: KernelAccount | undefined;
  readonly events: RuleEvent[];
  readonly kernel: KernelEvent[];
  lost: boolean;
}

const drain = (watching: Watching): void => {
  for (const trace of watching.traces) if (trace.drain(watching.events)) watching.lost = true;
  watching.account?.drain(watching.kernel);
};

/** Reasons after which this packet is gone for certain, and that no good packet causes. */
const finalReasons = ['NETFILTER_DROP', 'IP_RPFILTER', 'IP_INADDRERRORS', 'IP_INVALID_SOURCE'];

const sawDrop = ({ events, kernel }: Watching): boolean =>
  events.some((event) => event.verdict === 'drop') ||
  kernel.some((event) => event.kind === 'drop' && finalReasons.includes(event.reason));

const send = async (
  order: ProofTask,
  probe: ProbeSocket & { readonly fd: number },
  watching: Watching,
): Promise<{ readonly end: ProbeEnd; readonly tookMs: number }> => {
  const began = performance.now();
  const limit = order.packet.proto === 'udp' ? Math.min(datagramMs, order.timeoutMs) : order.timeoutMs;
  let end = probe.start();
  let droppedAt: number | undefined;
  while (end === undefined) {
    drain(watching);
    end = probe.check();
    const now = performance.now();
    if (droppedAt === undefined && sawDrop(watching)) droppedAt = now;
    if (now - began > limit || (droppedAt !== undefined && now - droppedAt > afterDropMs)) end ??= { end: 'silent' };
    if (end === undefined) await wait(tickMs);
  }
  const tookMs = performance.now() - began;
  if (end.end === 'connected' && order.proxied) end = await stayConnected(probe.fd, end);
  await wait(settleMs);
  drain(watching);
  return { end, tookMs };
};

const stayConnected = async (fd: number, end: ProbeEnd): Promise<ProbeEnd> => {
  for (let waited = 0; waited < proxyMs; waited += 20) {
    if (hasClosed(fd)) return { end: 'closed' };
    await wait(20);
  }
  return end;
};

const openAccount = (context: ProofContext, gaps: Gap[]): KernelAccount | undefined => {
  const comm = `vs${process.pid}`;
  const account = nameThread(comm) ? openKernelAccount(comm) : { error: 'this thread cannot be named' };
  if ('error' in account) {
    gaps.push({ source: 'kernel drop reasons', reason: 'missing', detail: account.error });
    return undefined;
  }
  context.onExit(account.close);
  return account;
};

/** Rejects with one line when nothing could be sent at all. */
export const runProof = async (order: ProofTask, context: ProofContext): Promise<ProbeRecord> => {
  const { places, gaps: closed } = openPlaces(order.places);
  const gaps: Gap[] = [...closed];
  const from = places.find(({ netns }) => netns === order.from);
  if (from === undefined) throw new Error('the netns to send from cannot be entered');
  const probe = openProbe(from, order.packet, process.pid & 0xffff);
  const traces: RuleTrace[] = [];
  let tables: ArmedTables['tables'] = [];
  let account: KernelAccount | undefined;
  try {
    context.progress(`marking ${describe(probe)} in ${places.length} netns`);
    for (const place of places) {
      const trace = listenToRules(place);
      if ('error' in trace)
        gaps.push({ source: 'rule trace', netns: place.netns, reason: 'forbidden', detail: trace.error });
      else traces.push(trace);
    }
    // Before our own tables: a listing that is overtaken by a change fails.
    const [handles, before] = await Promise.all([
      readRuleHandles(order.nft, places),
      readLegacy(order.legacySave, places, gaps),
    ]);
    const armed = await armTables(order.nft, places, order.packet.family, probe.mark);
    tables = armed.tables;
    gaps.push(...armed.gaps);
    account = openAccount(context, gaps);
    context.progress('sending');
    const watching: Watching = { traces, account, events: [], kernel: [], lost: false };
    const sent = await send(order, probe, watching);
    if (watching.lost) gaps.push({ source: 'rule trace', reason: 'truncated', detail: 'some events were lost' });
    const after = await readLegacy(order.legacySave, places, []);
    return {
      ...(probe.mark.kind === 'port' ? { sport: probe.mark.port } : { icmpId: probe.mark.id }),
      ...sent,
      events: watching.events,
      traced: tables.map(({ place }) => place.netns).filter((id) => traces.some(({ netns }) => netns === id)),
      handles: handles(watching.events),
      ...(account === undefined ? {} : { kernel: watching.kernel }),
      grown: [...before].flatMap(([netns, text]) =>
        findGrown(text, after.get(netns) ?? text).map((one) => ({ netns, family: order.packet.family, ...one })),
      ),
      gaps,
    };
  } finally {
    account?.close();
    probe.close();
    for (const trace of traces) trace.close();
    await Promise.all(tables.map(({ table }) => table.close()));
    for (const place of places) place.close();
  }
};

const describe = ({ mark }: ProbeSocket): string =>
  mark.kind === 'port' ? `${mark.proto} port ${mark.port}` : `${mark.proto} echo id ${mark.id}`;
