/** A capture on the other machine: tcpdump at each tap, as long as the line stands. */
import type { NetnsId } from '../../../model/ids.ts';
import { bufferKib } from '../../capture/buffer-kib.ts';
import type {
  CaptureEvent,
  CaptureOrder,
  CaptureRefused,
  Capturing,
  ClockDifference,
} from '../../capture/capture-order.ts';
import { createTap, goneGap } from '../../capture/create-tap.ts';
import type { RunningTap } from '../../capture/follow-tool.ts';
import { canName } from '../../capture/tool-argv.ts';
import type { Place } from '../change/command-script.ts';
import type { Line } from '../line/open-line.ts';
import { measureClock } from './measure-clock.ts';
import { runTapThere } from './run-tap.ts';

export interface GroundThere {
  readonly line: Line;
  readonly placeOf: (netns: NetnsId) => Place | undefined;
}

/** Nothing of ours is installed there that could read packets itself. */
const refusalOf = ({ reader = 'auto' }: CaptureOrder, tcpdump: string | undefined): CaptureRefused | undefined => {
  if (reader !== 'auto' && reader !== 'tcpdump')
    return { error: `over SSH packets are read by tcpdump only, not by ${reader}`, reason: 'unsupported' };
  return tcpdump === undefined ? { error: 'tcpdump is not installed there', reason: 'missing' } : undefined;
};

/** Times are moved to our clock where that is certainly another. */
const byOurClock = (
  clock: ClockDifference | undefined,
  tell: (event: CaptureEvent) => void,
): ((event: CaptureEvent) => void) => {
  if (clock === undefined) return tell;
  const behind = clock.moved ? BigInt(Math.round(clock.aheadMs * 1e6)) : 0n;
  return (event) => {
    if (event.kind === 'ready') tell({ ...event, clock });
    else if (event.kind === 'packets' && behind !== 0n)
      tell({ ...event, packets: event.packets.map((packet) => ({ ...packet, at: packet.at - behind })) });
    else tell(event);
  };
};

export const startCaptureThere = async (
  order: CaptureOrder,
  listener: (event: CaptureEvent) => void,
  { line, placeOf }: GroundThere,
): Promise<Capturing | CaptureRefused> => {
  const program = line.hello.facts.tools['tcpdump'];
  const refusal = refusalOf(order, program);
  if (refusal !== undefined || program === undefined) return refusal ?? { error: 'no tcpdump there' };
  const clock = await measureClock(line.call).catch(() => undefined);
  const tell = byOurClock(clock, listener);
  const { snapLength, promiscuous, filter } = order;
  const taps = order.taps.map((tap, index) => createTap(index, tap, 'tcpdump', tell));
  const running = order.taps.flatMap((tap, index): readonly RunningTap[] => {
    const { listener } = taps[index]!;
    const place = placeOf(tap.netns);
    if (place === undefined || !canName(tap.ifname)) {
      const why =
        place === undefined
          ? 'its netns is not known any more'
          : 'tcpdump takes its name for something else than a link';
      listener.ended(undefined, goneGap(tap, why));
      return [];
    }
    const tool = {
      program,
      ifname: tap.ifname,
      snapLength,
      promiscuous,
      bufferKib: bufferKib(order.taps.length),
      ...(filter === undefined ? {} : { filter }),
    };
    return [runTapThere(line, { order: tool, tap: index, place }, listener)];
  });
  await Promise.all(taps.map(({ settled }) => settled));
  const done = Promise.all(taps.map(({ ended }) => ended)).then(() => {});
  return {
    done,
    stop: async () => {
      for (const one of running) one.stop();
      await done;
    },
    pause: () => {
      for (const one of running) one.pause();
    },
    resume: () => {
      for (const one of running) one.resume();
    },
  };
};
