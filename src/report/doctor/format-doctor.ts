/** Findings as text: what is broken, then what is open to more than it should be, then remarks. */
import type { Diagnosis, Finding, Remedy, Severity } from '../../diagnose/finding.ts';
import type { Graph } from '../../graph/graph.ts';
import { formatArgv, type NetnsFinder, runnableArgv } from '../../model/runnable-argv.ts';
import { safeText, type TextStyle } from '../format-table.ts';

const signs: Readonly<Record<Severity, readonly [string, string]>> = {
  error: ['✗', 'X'],
  warning: ['!', '!'],
  security: ['⚠', 'S'],
  info: ['i', 'i'],
};

export const severitySign = (severity: Severity, { ascii }: TextStyle): string => signs[severity][ascii ? 1 : 0];

/** Lines of one remedy; commands as they can be copied. */
export const remedyLines = (graph: NetnsFinder, remedy: Remedy): readonly string[] => [
  `remedy ${remedy.n}: ${remedy.title}`,
  ...remedy.commands.map((command) => `  run   ${formatArgv(runnableArgv(command, graph))}`),
  ...remedy.steps.map((step) => `  do    ${step}`),
  ...remedy.undo.map((command) => `  undo  ${formatArgv(runnableArgv(command, graph))}`),
  `  risk  ${remedy.riskLevel}: ${remedy.risk}`,
  `  lasts ${remedy.persistence}`,
];

const formatFinding = (graph: Graph, finding: Finding, style: TextStyle): string => {
  const head = safeText(`${finding.title}`, style);
  const bold = style.color ? `\u001b[1m${head}\u001b[22m` : head;
  const offer = finding.remedies.find((remedy) => remedy.automatic);
  const lines = [
    finding.why,
    ...finding.evidence.map(({ fact, source }) => `- ${fact}  (${source})`),
    ...finding.remedies.flatMap((remedy) => remedyLines(graph, remedy)),
    ...(offer === undefined ? [] : [`to apply: vethscope fix ${formatArgv([finding.id])}${which(offer)} --yes`]),
    ...(finding.hides.length === 0 ? [] : [`follows from it: ${finding.hides.join(', ')}`]),
  ];
  return [
    `${severitySign(finding.severity, style)} ${bold}  [${safeText(finding.id, style)}]`,
    ...lines.map((line) => `    ${safeText(line, style)}`),
  ].join('\n');
};

const which = ({ n }: Remedy): string => (n === 1 ? '' : ` --remedy ${n}`);

export const formatDoctor = (graph: Graph, { findings, gaps }: Diagnosis, style: TextStyle): string => {
  const of = (...severities: readonly Severity[]) => findings.filter((one) => severities.includes(one.severity));
  const faults = of('error', 'warning');
  const parts = [
    ...(faults.length === 0 ? [`nothing wrong was found${gaps.length === 0 ? '' : ' in what could be seen'}`] : []),
    ...faults.map((one) => formatFinding(graph, one, style)),
    ...section('Open to more than may be meant:', of('security'), graph, style),
    ...section('Worth knowing:', of('info'), graph, style),
  ];
  return `${parts.join('\n\n')}\n`;
};

const section = (title: string, found: readonly Finding[], graph: Graph, style: TextStyle): readonly string[] =>
  found.length === 0 ? [] : [title, ...found.map((one) => formatFinding(graph, one, style))];
