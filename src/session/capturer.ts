/** Captures: points by words or along a path, on the current graph, run on the hosts they are on. */

import type { CapturePoint } from '../capture/capture-point.ts';
import type { CaptureNews, CaptureQuestion, CaptureRefusal, RunningCapture } from '../capture/capture-question.ts';
import { safeLimits as limitsOfFiles } from '../capture/fit-packets.ts';
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';

export interface Capturer {
  /** Where a capture would look, without beginning one. */
  capturePoints(question: Pick<CaptureQuestion, 'points' | 'path'>): Promise<readonly CapturePoint[] | CaptureRefusal>;
  /** Begins one: resolves when every point is ready or has failed. Packets come in order of time; the listener is never called after `done`. */
  capture(question: CaptureQuestion, listener: (news: CaptureNews) => void): Promise<RunningCapture | CaptureRefusal>;
  /** Reads a pcap or pcapng file as if it were running; packets come in the order of the file. */
  openCapture(path: string, listener: (news: CaptureNews) => void): Promise<RunningCapture | CaptureRefusal>;
}

export interface CapturerOptions {
  readonly hosts: readonly Host[];
  readonly readOnly: boolean;
  graph(): Graph | undefined;
  trace(question: TraceQuestion): Trace | { readonly error: string };
}

/** Of a capture into a file, unless the user sets others. */
export const safeLimits = limitsOfFiles;

/** Each point is a process and a buffer in the kernel. */
const mostPoints = 64;

const refuse = (reason: CaptureRefusal['reason'], error: string, howToSee?: string): CaptureRefusal => ({
  error,
  reason,
  ...(howToSee === undefined ? {} : { howToSee }),
});

const findPoints = async (
  graph: Graph,
  { points: words, path }: Pick<CaptureQuestion, 'points' | 'path'>,
  trace: CapturerOptions['trace'],
): Promise<readonly CapturePoint[] | CaptureRefusal> => {
  const { resolvePoints } = await import('../capture/resolve-points.ts');
  const { choosePoints } = await import('../capture/choose-points.ts');
  const { namePoints } = await import('../capture/name-points.ts');
  const traced = path === undefined ? undefined : trace(path);
  if (traced !== undefined && 'error' in traced) return refuse('not-found', traced.error);
  const onPath = traced === undefined ? [] : choosePoints(graph, traced);
  const byHand = resolvePoints(graph, words);
  if ('error' in byHand) return refuse('not-found', byHand.error);
  const points = namePoints(graph, [...new Set([...onPath, ...byHand])], onPath);
  if (points.length === 0) return refuse('not-found', 'the path crosses no link that can be seen');
  if (points.length > mostPoints)
    return refuse('usage', `${points.length} points are more than ${mostPoints} (name fewer)`);
  return points;
};

export const createCapturer = ({ hosts, readOnly, graph: current, trace }: CapturerOptions): Capturer => {
  const capturePoints: Capturer['capturePoints'] = async (question) => {
    const graph = current();
    return graph === undefined ? refuse('missing', 'nothing has been read yet') : findPoints(graph, question, trace);
  };
  return {
    capturePoints,
    openCapture: async (path, listener) => (await import('./open-capture.ts')).openCapture(path, current(), listener),
    capture: async (question, listener) => {
      if (readOnly && question.promiscuous === true)
        return refuse('read-only', 'read-only: promiscuous mode changes a flag of the link');
      const points = await capturePoints(question);
      if ('error' in points) return points;
      const ids = [...new Set(points.map(({ host }) => host))];
      const dead = ids.find((id) => hosts.find((one) => one.id === id)?.capture === undefined);
      if (dead !== undefined) return refuse('unsupported', `nothing can be captured on ${dead}: it is a recording`);
      const systems = ids
        .flatMap((id) => current()?.hosts.get(id)?.facts ?? [])
        .map(({ kernel, os }) => `Linux ${kernel}${os === undefined ? '' : `, ${os}`}`);
      const { defaultSnapLengths } = await import('../capture/fit-packets.ts');
      const { runCapture } = await import('../capture/run-capture.ts');
      const { openCaptureFile } = await import('../host/capture/capture-file.ts');
      const file = question.file === undefined ? undefined : await openCaptureFile(question.file);
      if (file !== undefined && 'error' in file) return refuse('usage', file.error);
      return runCapture(
        {
          hosts,
          points,
          order: {
            snapLength: question.snapLength ?? defaultSnapLengths[file === undefined ? 'screen' : 'file'],
            promiscuous: question.promiscuous ?? false,
            ...(question.filter === undefined ? {} : { filter: question.filter }),
            ...(question.reader === undefined ? {} : { reader: question.reader }),
          },
          limits: question.limits ?? {},
          section: {
            application: 'vethscope',
            ...(systems.length === 0 ? {} : { os: [...new Set(systems)].join('; ') }),
          },
          ...(file === undefined ? {} : { file }),
        },
        listener,
      );
    },
  };
};
