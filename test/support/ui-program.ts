/** The screen as a program of its own, for virtual terminals: on a recording's folder, or on `synthetic:COUNT`. */
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import { openUi } from '../../src/ui/open.tsx';
import { fakeSession } from './fake-session.ts';
import { loadRecording } from './load-recording.ts';
import { syntheticSnapshot } from './synthetic-snapshot.ts';

const session = fakeSession(undefined);
const source = process.argv[2] ?? '';

const load = async (): Promise<Snapshot> =>
  source.startsWith('synthetic:')
    ? syntheticSnapshot(Number(source.slice('synthetic:'.length)))
    : loadRecording(source);

// As the program does: the first frame must not wait for the host.
setImmediate(() =>
  load().then((snapshot) => session.set({ graph: buildGraph([snapshot]), phase: 'ready', following: false, gaps: [] })),
);
process.exit(await openUi({ session, options: {} }));
