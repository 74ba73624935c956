/** Capture files, read as they were told: needs neither a host nor privileges. */
import type { CaptureNews, CaptureRefusal, RunningCapture } from '../capture/capture-question.ts';
import { resolvePoints } from '../capture/resolve-points.ts';
import { runFile } from '../capture/run-file.ts';
import type { Graph } from '../graph/graph.ts';
import { openPieces } from '../host/capture/open-pieces.ts';

/** `graph`: where names of the file may stand for links there are now. */
export const openCapture = async (
  path: string,
  graph: Graph | undefined,
  listener: (news: CaptureNews) => void,
): Promise<RunningCapture | CaptureRefusal> => {
  const pieces = await openPieces(path);
  if ('error' in pieces) return { error: pieces.error, reason: 'not-found' };
  const findLink = (name: string) => {
    const found = graph === undefined ? [] : resolvePoints(graph, [name]);
    return 'error' in found || found.length !== 1 ? undefined : found[0];
  };
  return runFile({ path, pieces, findLink }, listener);
};
