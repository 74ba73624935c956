/** Several taps at once: each gets its reader, and the whole is ready when every tap is, or has ended. */
import { statSync } from 'node:fs';
import { holderPath } from '../../model/netns-path.ts';
import { openNetns } from '../netns-door.ts';
import { bufferKib } from './buffer-kib.ts';
import { canAskCounts } from './can-ask-counts.ts';
import type { CaptureGround, KnownNetns } from './capture-ground.ts';
import type { CaptureEvent, CaptureOrder, CaptureRefused, CaptureTap, Capturing } from './capture-order.ts';
import { chooseReaders } from './choose-readers.ts';
import { createTap, goneGap } from './create-tap.ts';
import type { RunningTap, TapListener } from './follow-tool.ts';
import { compileFilter } from './native/compile-filter.ts';
import type { Filter } from './native/filter.ts';
import { runNative } from './native/run-native.ts';
import { runTool } from './run-tool.ts';
import type { ToolName } from './tool-argv.ts';
import { watchHolders } from './watch-holders.ts';

const isOurs = ({ dev, inode }: KnownNetns): boolean => {
  const own = statSync('/proc/self/ns/net');
  return dev === own.dev && inode === own.ino;
};

interface Starting {
  readonly tap: CaptureTap;
  readonly index: number;
  readonly netns: KnownNetns;
  readonly listener: TapListener;
}

const startTool = async (
  tool: ToolName,
  order: CaptureOrder,
  ground: CaptureGround,
  { tap, index, netns, listener }: Starting,
): Promise<RunningTap | undefined> => {
  const isHere = isOurs(netns);
  const door = isHere ? undefined : await openNetns(netns);
  if (door === undefined && !isHere) {
    listener.ended(undefined, goneGap(tap, 'nothing leads into its netns any more'));
    return undefined;
  }
  try {
    const { snapLength, promiscuous, filter } = order;
    const run = {
      program: ground.tools[tool] ?? tool,
      ifname: tap.ifname,
      snapLength,
      promiscuous,
      bufferKib: bufferKib(order.taps.length),
      ...(filter === undefined ? {} : { filter }),
    };
    const tellsCounts = tool === 'tcpdump' && (await canAskCounts(run.program));
    const netnsFd = door === undefined ? {} : { netnsFd: door.fd };
    return runTool({ tool, tap: index, order: run, tellsCounts, ...netnsFd }, listener);
  } finally {
    await door?.close();
  }
};

/** In one child; its taps count from 0. */
const startNative = (
  order: CaptureOrder,
  filter: Filter | undefined,
  starting: readonly Starting[],
): readonly RunningTap[] | CaptureRefused => {
  const programs = {
    ethernet: compileFilter(filter, 'ethernet', order.snapLength),
    ip: compileFilter(filter, 'ip', order.snapLength),
  };
  const { ethernet, ip } = programs;
  if (ethernet === undefined || ip === undefined)
    return { error: 'filter: too long without tcpdump', reason: 'invalid' };
  return runNative({
    order: {
      taps: starting.map(({ tap, netns }) => ({
        ifindex: tap.ifindex,
        inode: netns.inode,
        doors: isOurs(netns)
          ? ['/proc/self/ns/net']
          : netns.holders.map(holderPath).filter((path) => path !== undefined),
      })),
      programs: { ethernet, ip },
      promiscuous: order.promiscuous,
      bufferBytes: bufferKib(order.taps.length) * 1024,
    },
    ifnames: starting.map(({ tap }) => tap.ifname),
    // The child counts its own taps.
    listeners: starting.map(({ index, listener }) => ({
      ...listener,
      packets: (packets) => listener.packets(packets.map((packet) => ({ ...packet, tap: index }))),
    })),
  });
};

export const startCapture = async (
  order: CaptureOrder,
  tell: (event: CaptureEvent) => void,
  ground: CaptureGround,
): Promise<Capturing | CaptureRefused> => {
  const chosen = chooseReaders(order, ground.tools);
  if ('error' in chosen) return chosen;
  const { readers, filter } = chosen;
  const taps = order.taps.map((tap, index) => createTap(index, tap, readers[index] ?? 'native', tell));
  const starting = order.taps.flatMap((tap, index): readonly Starting[] => {
    const netns = ground.netns(tap.netns);
    const { listener } = taps[index]!;
    if (netns !== undefined) return [{ tap, index, netns, listener }];
    listener.ended(undefined, goneGap(tap, 'its netns is not known any more'));
    return [];
  });
  const running = new Map<number, RunningTap>();
  const natives = starting.filter(({ index }) => readers[index] === 'native');
  const native = natives.length === 0 ? [] : startNative(order, filter, natives);
  if ('error' in native) return native;
  for (const [n, one] of native.entries()) running.set(natives[n]!.index, one);
  for (const one of starting) {
    const reader = readers[one.index];
    const tool = reader === undefined || reader === 'native' ? undefined : await startTool(reader, order, ground, one);
    if (tool !== undefined) running.set(one.index, tool);
  }
  const watch = watchHolders({
    netns: [...new Map(starting.filter(({ netns }) => !isOurs(netns)).map(({ netns }) => [netns.id, netns])).values()],
    ours: () => new Set([process.pid, ...[...running.values()].flatMap(({ pid }) => pid ?? [])]),
    findHolders: ground.findHolders,
    gone: (id) => {
      for (const { tap, index } of starting)
        if (tap.netns === id) running.get(index)?.end(goneGap(tap, 'nobody else holds its netns any more'));
    },
  });
  await Promise.all(taps.map(({ settled }) => settled));
  const done = Promise.all(taps.map(({ ended }) => ended)).then(() => watch.stop());
  const each = (act: (one: RunningTap) => void): void => {
    for (const one of running.values()) act(one);
  };
  return {
    done,
    stop: async () => {
      each((one) => one.stop());
      await done;
    },
    pause: () => each((one) => one.pause()),
    resume: () => each((one) => one.resume()),
  };
};
