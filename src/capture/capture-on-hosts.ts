/** One capture of points on several hosts: each host copies its own, told as if one had. */
import type { CaptureEvent, CaptureOrder, CaptureRefused, Capturing } from '../host/capture/capture-order.ts';
import type { Host } from '../host/host.ts';
import type { CapturePoint } from './capture-point.ts';

type Listener = (event: CaptureEvent) => void;

const cannot = (host: Host['id']): CaptureRefused => ({
  error: `nothing can be captured on ${host}: it is no live host`,
  reason: 'unsupported',
});

/** `indexes`: for each tap of the host, its place among all points. */
const renumber = (event: CaptureEvent, indexes: readonly number[]): CaptureEvent =>
  event.kind === 'packets'
    ? { kind: 'packets', packets: event.packets.map((packet) => ({ ...packet, tap: indexes[packet.tap]! })) }
    : { ...event, tap: indexes[event.tap]! };

const together = (all: readonly Capturing[]): Capturing => ({
  done: Promise.all(all.map(({ done }) => done)).then(() => {}),
  stop: async () => {
    await Promise.all(all.map((one) => one.stop()));
  },
  pause: () => {
    for (const one of all) one.pause();
  },
  resume: () => {
    for (const one of all) one.resume();
  },
});

/** A host that refuses ends its points with the reason; refused as a whole when all of them do. */
export const captureOnHosts = async (
  hosts: readonly Host[],
  points: readonly CapturePoint[],
  order: Omit<CaptureOrder, 'taps'>,
  listener: Listener,
): Promise<Capturing | CaptureRefused> => {
  const ids = [...new Set(points.map(({ host }) => host))];
  const begin = async (id: Host['id']): Promise<Capturing | CaptureRefused> => {
    const indexes = points.flatMap((point, index) => (point.host === id ? [index] : []));
    const taps = indexes.map((index) => points[index]!.tap);
    const hear: Listener = ids.length === 1 ? listener : (event) => listener(renumber(event, indexes));
    const host = hosts.find((one) => one.id === id);
    const answer = (await host?.capture?.({ ...order, taps }, hear)) ?? cannot(id);
    if ('error' in answer && ids.length > 1)
      for (const tap of indexes)
        listener({
          kind: 'ended',
          tap,
          gap: { source: `capture on ${id}`, reason: answer.reason ?? 'invalid', detail: answer.error },
        });
    return answer;
  };
  const answers = await Promise.all(ids.map(begin));
  const running = answers.filter((answer): answer is Capturing => !('error' in answer));
  if (running.length > 0) return together(running);
  return answers.find((answer) => 'error' in answer) ?? { error: 'no point is named' };
};
