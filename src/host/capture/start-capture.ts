/** Several taps at once: each gets its reader, and the whole is ready when every tap is, or has ended. */
import { statSync } from 'node:fs';
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import { openNetns } from '../netns-door.ts';
import type { CaptureEvent, CaptureOrder, CaptureTap, Capturing } from './capture-order.ts';
import { canName, type ToolName } from './capture-tool.ts';
import { type RunningTap, runTool, type TapListener } from './run-tool.ts';

export type KnownNetns = Pick<Netns, 'id' | 'dev' | 'inode' | 'holders'>;

/** What a capture needs of the host it runs on. */
export interface CaptureGround {
  netns(id: NetnsId): KnownNetns | undefined;
  /** Looks again who holds a netns. */
  findHolders(id: NetnsId): Promise<KnownNetns | undefined>;
  readonly tools: Readonly<Record<string, string>>;
}

/** Kernel memory for all taps together, and for one. */
const allBuffersKib = 65_536;
const mostBufferKib = 16_384;
const leastBufferKib = 2048;

const chooseTool = (order: CaptureOrder, tools: CaptureGround['tools']): ToolName | 'native' => {
  const wanted = order.reader ?? 'auto';
  if (wanted !== 'auto') return wanted;
  if (tools['tcpdump'] !== undefined) return 'tcpdump';
  return tools['dumpcap'] === undefined ? 'native' : 'dumpcap';
};

const isOurs = ({ dev, inode }: KnownNetns): boolean => {
  const { dev: ownDev, ino } = statSync('/proc/self/ns/net');
  return dev === ownDev && inode === ino;
};

export const startCapture = async (
  order: CaptureOrder,
  listener: (event: CaptureEvent) => void,
  ground: CaptureGround,
): Promise<Capturing | { readonly error: string }> => {
  const tool = chooseTool(order, ground.tools);
  if (tool === 'native') return { error: 'neither tcpdump nor dumpcap is installed' };
  const running: RunningTap[] = [];
  const settled: Promise<void>[] = [];
  const done: Promise<void>[] = [];
  const bufferKib = Math.max(leastBufferKib, Math.min(mostBufferKib, Math.floor(allBuffersKib / order.taps.length)));

  for (const [index, tap] of order.taps.entries()) {
    const started = Promise.withResolvers<void>();
    const ended = Promise.withResolvers<void>();
    settled.push(started.promise);
    done.push(ended.promise);
    const tapListener: TapListener = {
      ready: (linkType) => {
        listener({ kind: 'ready', tap: index, linkType, reader: tool });
        started.resolve();
      },
      packets: (packets) => listener({ kind: 'packets', packets }),
      counts: (counts) => listener({ kind: 'counts', tap: index, counts }),
      ended: (counts, gap) => {
        listener({
          kind: 'ended',
          tap: index,
          ...(counts === undefined ? {} : { counts }),
          ...(gap === undefined ? {} : { gap: { ...gap, netns: tap.netns } }),
        });
        started.resolve();
        ended.resolve();
      },
    };
    const one = await startTap(index, tap, tapListener);
    if (one !== undefined) running.push(one);
  }
  async function startTap(index: number, tap: CaptureTap, tapListener: TapListener): Promise<RunningTap | undefined> {
    const fail = (reason: Gap['reason'], detail: string): undefined =>
      void tapListener.ended(undefined, { source: `capture on ${tap.ifname}`, reason, detail });
    const netns = ground.netns(tap.netns);
    if (netns === undefined) return fail('vanished', 'its netns is not known any more');
    if (tool === 'native') return undefined;
    if (!canName(tap.ifname)) return fail('unsupported', `${tool} takes this name for something else`);
    const door = isOurs(netns) ? undefined : await openNetns(netns);
    if (door === undefined && !isOurs(netns)) return fail('vanished', 'nothing leads into its netns any more');
    try {
      return runTool(
        {
          tool,
          tap: index,
          order: {
            program: ground.tools[tool] ?? tool,
            ifname: tap.ifname,
            snapLength: order.snapLength,
            promiscuous: order.promiscuous,
            bufferKib,
            ...(order.filter === undefined ? {} : { filter: order.filter }),
          },
          ...(door === undefined ? {} : { netnsFd: door.fd }),
        },
        tapListener,
      );
    } finally {
      await door?.close();
    }
  }
  await Promise.all(settled);
  return {
    done: Promise.all(done).then(() => {}),
    stop: async () => {
      for (const one of running) one.stop();
      await Promise.all(done);
    },
    pause: () => {
      for (const one of running) one.pause();
    },
    resume: () => {
      for (const one of running) one.resume();
    },
  };
};
