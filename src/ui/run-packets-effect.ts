/** The one capture of a screen: begun, drawn a few times a second, ended as its user says. */
import { loadPacketTools } from '../session/packet-tools.ts';
import type { CaptureNews, CaptureState, RunningCapture } from '../session.ts';
import type { Shell } from './run-effect.ts';
import type { PacketsPicture, PacketsState } from './state/packets-state.ts';

const running = new WeakMap<Shell['session'], RunningCapture>();

/** Rows a screen keeps; older ones go, and are counted. */
const rowLimit = 5000;
const byteLimit = 48 * 1024 * 1024;

const wallClock = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** A busy link changes every row of every picture: the larger the screen, the fewer, so that a slow line keeps up. */
const pictureMs = ({ out }: Shell): number => Math.max(250, ((out.stream.columns || 80) * (out.stream.rows || 24)) / 9);

const bytesOf = ({ sent, received }: PacketsPicture['talkers'][number]): number => sent.bytes + received.bytes;

const refusalOf = (error: unknown) => ({
  error: error instanceof Error ? error.message : String(error),
  reason: 'invalid' as const,
});

export const startCapture = async (shell: Shell, question: PacketsState['question']): Promise<void> => {
  const { session, store } = shell;
  const tell = (packets: Partial<PacketsState>): void => store().dispatch({ kind: 'packets', packets });
  const tools = await loadPacketTools();
  const graph = session.state().graph;
  const path = 'read' in question ? undefined : question.path;
  const traced = path === undefined ? undefined : session.trace(path);
  const analysis = tools.createAnalysis([], {
    rowLimit,
    byteLimit,
    ...(graph === undefined ? {} : { nameOf: tools.nameAddresses(graph) }),
    ...(traced === undefined || 'error' in traced ? {} : { trace: traced }),
  });
  const live = !('read' in question);
  let lastAt = 0n;
  let capture: CaptureState | undefined;
  const draw = (now: bigint | 'end'): void => {
    analysis.settle(now);
    const moment = live ? wallClock() : lastAt;
    const picture: PacketsPicture = {
      rows: analysis.rows(),
      flows: analysis.flows(moment),
      talkers: analysis.talkers(moment).toSorted((a, b) => bytesOf(b) - bytesOf(a)),
      losses: analysis.losses(),
      forgotten: analysis.forgotten(),
    };
    tell({ picture, ...(capture === undefined ? {} : { capture }) });
  };
  const hear = (news: CaptureNews): void => {
    if (news.kind === 'state') {
      capture = news.state;
      tell({ capture });
    } else lastAt = news.packets.at(-1)?.at ?? lastAt;
    analysis.feed(news, live ? wallClock() : undefined);
  };
  tell({ analysis, tools });
  const begun = await ('read' in question
    ? session.openCapture(question.read, hear)
    : session.capture(question, hear)
  ).catch(refusalOf);
  if ('error' in begun) return tell({ refused: begun });
  running.set(session, begun);
  capture = begun.state();
  draw(live ? wallClock() : lastAt);
  const timer = live
    ? setInterval(() => {
        capture = begun.state();
        draw(wallClock());
      }, pictureMs(shell))
    : undefined;
  capture = await begun.done;
  clearInterval(timer);
  running.delete(session);
  draw('end');
};

export const stopCapture = async ({ session }: Pick<Shell, 'session'>): Promise<void> => {
  await running.get(session)?.stop();
};
