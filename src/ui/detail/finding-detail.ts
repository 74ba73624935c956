/** A finding: why it matters, the evidence with a way to each object, and every remedy as it would be run. */
import type { Evidence, Finding, Remedy } from '../../diagnose/finding.ts';
import { formatArgv, runnableArgv } from '../../model/runnable-argv.ts';
import { line, span, widthOf } from '../format/line.ts';
import { severityMark } from '../format/severity.ts';
import { findFinding } from '../problems.ts';
import type { Ref } from '../ref.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo } from './detail.ts';

const objectOf = ({ link, container, netns }: Evidence, { index: { graph } }: DetailContext): Ref | undefined => {
  if (link !== undefined && graph.links.has(link)) return { kind: 'link', id: link };
  if (container !== undefined && graph.containers.has(container)) return { kind: 'container', id: container };
  return netns !== undefined && graph.netns.has(netns) ? { kind: 'netns', id: netns } : undefined;
};

export const remedyRows = (remedy: Remedy, context: DetailContext): readonly DetailRow[] => {
  const { graph } = context.index;
  return [
    row(
      `remedy ${remedy.n}`,
      span(remedy.title, 'strong'),
      span(remedy.automatic ? `  ${remedy.scope}` : `  ${remedy.scope}, by hand`, 'dim'),
    ),
    ...remedy.commands.map((command) => row('  run', span(formatArgv(runnableArgv(command, graph)), 'accent'))),
    ...remedy.steps.map((step) => row('  do', step)),
    ...remedy.undo.map((command) => row('  undo', formatArgv(runnableArgv(command, graph)))),
    row('  does', remedy.changes),
    row('  risk', `${remedy.riskLevel}: ${remedy.risk}`),
    ...(remedy.cutsConnection ? [row('', span('could cut the connection you work over', 'warn'))] : []),
    row('  lasts', remedy.persistence),
  ];
};

const hiddenRow = (id: string, { state }: DetailContext): DetailRow =>
  row('hides', findFinding(state, id)?.title ?? id, span(`  ${id}`, 'dim'));

export const findingDetail = (finding: Finding, context: DetailContext): Detail => {
  const { glyphs, state } = context;
  const title = line(severityMark(finding.severity, glyphs), ' ', span(finding.title, 'strong'));
  return {
    title,
    rows: [
      ...(widthOf(title) > state.columns - 8 ? [row('what', finding.title)] : []),
      row('why', finding.why),
      ...finding.evidence.map((evidence) =>
        rowTo(objectOf(evidence, context), 'seen', evidence.fact, span(`  ${evidence.source}`, 'dim')),
      ),
      ...finding.remedies.flatMap((remedy) => remedyRows(remedy, context)),
      ...finding.hides.map((id) => hiddenRow(id, context)),
      row('id', finding.id),
      ...(finding.references.length === 0 ? [] : [row('see', finding.references.join(', '))]),
    ],
  };
};
