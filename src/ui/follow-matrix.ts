/** Works the matrix out while its view is open, in slices between keys; leaving the view stops it, coming back goes on. */
import type { Graph, Session } from '../session.ts';
import type { Endpoint } from '../trace/endpoints/resolve-endpoint.ts';
import type { MatrixPair } from '../trace/trace-matrix.ts';
import { itself, letterOfOutcome, type MatrixState, waiting } from './state/matrix.ts';
import type { Store } from './state/store.ts';

/** Half a frame: keys are answered in between. */
const sliceMs = 8;
/** A person reads no faster. */
const showMs = 150;
/** A host that changes without end is not asked about again and again. */
const restMs = 2000;

interface Work {
  readonly graph: Graph;
  readonly ends: readonly Endpoint[];
  readonly pairs: Generator<MatrixPair>;
  readonly position: ReadonlyMap<Endpoint, number>;
  readonly cells: string[][];
  /** `cells` as text, but for the rows in `touched`. */
  readonly rows: string[];
  readonly touched: Set<number>;
  done: number;
  finished: boolean;
}

const beginWork = async (graph: Graph): Promise<Work> => {
  const { matrixEnds, traceMatrix } = await import('../trace/trace-matrix.ts');
  const [host = [], others = []] = Object.values(
    Object.groupBy(matrixEnds(graph), (end) => (end.container === undefined ? 0 : 1)),
  );
  const ends = [...host, ...others.toSorted((a, b) => (a.name < b.name ? -1 : 1))];
  const cells = ends.map((_, row) => ends.map((__, column) => (row === column ? itself : waiting)));
  return {
    graph,
    ends,
    pairs: traceMatrix(graph, { ends }),
    position: new Map(ends.map((end, at) => [end, at])),
    cells,
    rows: cells.map((row) => row.join('')),
    touched: new Set(),
    done: 0,
    finished: false,
  };
};

const pictureOf = ({ graph, ends, cells, rows, touched, done, finished }: Work): MatrixState => {
  for (const row of touched) rows[row] = cells[row]!.join('');
  touched.clear();
  const total = ends.length * (ends.length - 1);
  return { graph, ends, rows: [...rows], done: finished ? total : done, total };
};

/** False: there is nothing left to do. */
const workOn = (work: Work): boolean => {
  const until = performance.now() + sliceMs;
  do {
    const next = work.pairs.next();
    if (next.done === true) {
      work.finished = true;
      return false;
    }
    const { from, to, outcome, done } = next.value;
    const row = work.position.get(from)!;
    work.cells[row]![work.position.get(to)!] = letterOfOutcome[outcome];
    work.touched.add(row);
    work.done = done;
  } while (performance.now() < until);
  return true;
};

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Returns the way to stop. */
export const followMatrix = (session: Session, store: Store): (() => void) => {
  let work: Work | undefined;
  let running = false;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let finishedAt = -restMs;

  const isWanted = (): boolean => !stopped && store.state().place.view === 'matrix';
  const show = (): void => {
    // An earlier picture that is whole tells more than the beginning of the next one.
    const earlier = store.state().matrix;
    const isWhole = earlier !== undefined && earlier.done === earlier.total && earlier.graph !== work?.graph;
    if (work !== undefined && (work.finished || !isWhole)) store.dispatch({ kind: 'matrix', matrix: pictureOf(work) });
  };
  const run = async (graph: Graph): Promise<void> => {
    running = true;
    if (work?.graph !== graph) work = await beginWork(graph);
    let shownAt = performance.now() - showMs;
    while (isWanted() && workOn(work)) {
      if (performance.now() - shownAt > showMs) {
        show();
        shownAt = performance.now();
      }
      await nextTurn();
    }
    running = false;
    if (work.finished) finishedAt = performance.now();
    if (!stopped) show();
    check();
  };
  const check = (): void => {
    const { graph, phase } = session.state();
    if (!isWanted() || running || timer !== undefined || graph === undefined || phase === 'collecting') return;
    if (work?.graph === graph && work.finished) return;
    timer = setTimeout(
      () => {
        timer = undefined;
        const now = session.state().graph;
        if (isWanted() && !running && now !== undefined) void run(now);
      },
      Math.max(0, finishedAt + restMs - performance.now()),
    );
  };

  const unsubscribe = store.subscribe(check);
  const unfollow = session.subscribe(check);
  check();
  return () => {
    stopped = true;
    clearTimeout(timer);
    unsubscribe();
    unfollow();
  };
};
