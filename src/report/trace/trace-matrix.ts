/** `vethscope matrix`: a trace between every two ends, as a table of signs and as a document. */
import type { Graph } from '../../graph/graph.ts';
import type { Endpoint } from '../../trace/endpoints/resolve-endpoint.ts';
import type { Trace } from '../../trace/trace.ts';
import { type MatrixPair, matrixEnds as traceEnds, traceMatrix } from '../../trace/trace-matrix.ts';
import type { TraceQuestion } from '../../trace/trace-question.ts';
import { makeHead } from '../document.ts';
import { type Column, formatTable, type TextStyle } from '../format-table.ts';
import { optional } from '../refs.ts';
import type { MatrixCell } from '../schemas/trace-schema.ts';

type TraceOne = (question: TraceQuestion) => Trace | { readonly error: string };

/** One end a netns: containers that share one reach the same. The host closes the list. */
const sortedEnds = (graph: Graph): readonly Endpoint[] => {
  const isHost = (end: Endpoint): boolean => end.container === undefined;
  const ends = traceEnds(graph);
  return [
    ...ends.filter((end) => !isHost(end)).toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    ...ends.filter((end) => isHost(end)),
  ];
};

export const matrixEnds = (graph: Graph): readonly string[] => sortedEnds(graph).map(({ name }) => name);

/** A pair like an earlier one shares its outcome, but not its words, which name other addresses. */
const cellOf = ({ from, to, outcome, address, decidedBy, like }: MatrixPair): MatrixCell => {
  const why = address === undefined ? `${to.name} has no address` : like === undefined ? decidedBy?.text : undefined;
  return { from: from.name, to: to.name, outcome, ...optional('explanation', why) };
};

const nameFor = (end: Endpoint): string => (end.container === undefined ? end.name : `container:${end.name}`);

/** `port`: `80` asks over TCP, all pairs at once; another protocol (`53/udp`) asks pair by pair. */
export const listCells = (graph: Graph, port: string | undefined, trace: TraceOne): readonly MatrixCell[] => {
  const ends = sortedEnds(graph);
  if (port === undefined || /^\d+(\/tcp)?$/.test(port)) {
    const number = port === undefined ? undefined : Number.parseInt(port, 10);
    return [...traceMatrix(graph, { ends, ...optional('port', number) })].map(cellOf);
  }
  return ends.flatMap((from) =>
    ends
      .filter((to) => to !== from)
      .map((to) => {
        const found = trace({ from: nameFor(from), to: `${nameFor(to)}:${port}` });
        return 'error' in found
          ? { from: from.name, to: to.name, outcome: 'unknown', explanation: found.error }
          : { from: from.name, to: to.name, outcome: found.outcome, explanation: found.explanation };
      }),
  );
};

export const matrixDocument = (graph: Graph, port: string | undefined, cells: readonly MatrixCell[]) => ({
  ...makeHead('matrix', graph),
  ends: matrixEnds(graph),
  ...optional('port', port),
  cells,
});

const signs = (style: TextStyle): Readonly<Record<MatrixCell['outcome'], string>> => {
  const [yes, no] = style.ascii ? ['+', 'X'] : ['✓', '✗'];
  return {
    delivered: yes!,
    dropped: no!,
    rejected: `${no}r`,
    'no-route': `${no}route`,
    'no-neighbour': `${no}arp`,
    'no-listener': `${no}port`,
    loop: `${no}loop`,
    unknown: '?',
  };
};

export const formatMatrix = (graph: Graph, cells: readonly MatrixCell[], style: TextStyle): string => {
  const ends = matrixEnds(graph);
  const outcomes = new Map(cells.map((cell) => [`${cell.from} ${cell.to}`, cell.outcome] as const));
  const columns: readonly Column<string>[] = [
    { title: 'FROM', cell: (from) => from },
    ...ends.map((to) => ({
      title: to,
      cell: (from: string) => {
        const outcome = outcomes.get(`${from} ${to}`);
        return outcome === undefined ? undefined : signs(style)[outcome];
      },
    })),
  ];
  return formatTable(columns, ends, style);
};
