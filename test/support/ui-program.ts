/** The screen on a recording as a program of its own: `node … RECORDING`, for virtual terminals. */
import { buildGraph } from '../../src/graph/build-graph.ts';
import { openUi } from '../../src/ui/open.tsx';
import { fakeSession } from './fake-session.ts';
import { loadRecording } from './load-recording.ts';

const session = fakeSession(undefined);
const [, , recording = 'docker-28-standard'] = process.argv;
void loadRecording(recording).then((snapshot) =>
  session.set({ graph: buildGraph([snapshot]), phase: 'ready', following: false, gaps: [] }),
);
process.exitCode = await openUi({ session, options: {} });
process.exit();
