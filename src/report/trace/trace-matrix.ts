/** `vethscope matrix`: a trace between every two ends, as a table of signs and as a document. */
import type { Graph } from '../../graph/graph.ts';
import type { Trace } from '../../trace/trace.ts';
import type { TraceQuestion } from '../../trace/trace-question.ts';
import { makeHead } from '../document.ts';
import { type Column, formatTable, type TextStyle } from '../format-table.ts';
import { optional } from '../refs.ts';
import type { MatrixCell } from '../schemas/trace-schema.ts';

type TraceOne = (question: TraceQuestion) => Trace | { readonly error: string };

/** One end a netns: containers that share one reach the same. The host closes the list. */
export const matrixEnds = (graph: Graph): readonly string[] => {
  const names = [...graph.netns.values()].flatMap((netns) => {
    const owner = netns.facts.isHost ? undefined : netns.containers[0];
    const name = owner === undefined ? undefined : graph.containers.get(owner)?.facts.name;
    return name === undefined ? [] : [name];
  });
  return [...names.sort(), 'host'];
};

export const listCells = (graph: Graph, port: string | undefined, trace: TraceOne): readonly MatrixCell[] => {
  const ends = matrixEnds(graph);
  const word = (name: string) => (name === 'host' ? name : `container:${name}`);
  return ends.flatMap((from) =>
    ends
      .filter((to) => to !== from)
      .map((to) => {
        const found = trace({ from: word(from), to: port === undefined ? word(to) : `${word(to)}:${port}` });
        return 'error' in found
          ? { from, to, outcome: 'unknown', explanation: found.error }
          : { from, to, outcome: found.outcome, explanation: found.explanation };
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
