/** A trace as text: the sentence first, then the way there hop by hop, then the way back. */
import type { Direction, Step, Trace } from '../../trace/trace.ts';
import { safeText, type TextStyle } from '../format-table.ts';

const sign = (step: Step, { ascii }: TextStyle): string => {
  switch (step.verdict) {
    case 'pass':
      return ' ';
    case 'changed':
      return '~';
    case 'delivered':
      return ascii ? '+' : '✓';
    case 'unknown':
      return '?';
    default:
      return ascii ? 'X' : '✗';
  }
};

const evidenceLine = ({ evidence, dependsOn }: Step): readonly string[] => {
  const { rule } = evidence;
  const lines: string[] = [];
  if (rule !== undefined) {
    lines.push(
      `${rule.family} ${rule.table} ${rule.chain} ${rule.index === 0 ? 'policy' : `rule ${rule.index}`}: ${rule.rule}`,
    );
    if (rule.madeBy !== undefined)
      lines.push(rule.purpose === undefined ? rule.madeBy : `${rule.madeBy}: ${rule.purpose}`);
  }
  if (evidence.route !== undefined) lines.push(`route ${evidence.route}`);
  if (evidence.sysctl !== undefined) lines.push(`${evidence.sysctl.name} = ${evidence.sysctl.value}`);
  if (evidence.fact !== undefined) lines.push(evidence.fact);
  if (dependsOn !== undefined) lines.push(`depends on ${dependsOn}`);
  return lines;
};

const formatStep = (step: Step, style: TextStyle): string => {
  const indent = ' '.repeat(9);
  // What the sentence has said already is not said again.
  const evidence = evidenceLine(step).filter(
    (line) => !step.text.includes(line.replace(/^route |^\S+ (\S+ \S+ rule)/, '$1')),
  );
  return [
    `     ${sign(step, style)} ${safeText(step.text, style)}`,
    ...evidence.map((line) => `${indent}${safeText(line, style)}`),
  ].join('\n');
};

export const formatDirection = (title: string, direction: Direction, style: TextStyle): string => {
  const hops = direction.hops.map((hop, at) => {
    const heading = `${String(at + 1).padStart(3)} ${safeText(hop.at, style)}`;
    return [heading, ...hop.steps.map((step) => formatStep(step, style))].join('\n');
  });
  return [`${title}: ${direction.outcome}`, ...hops].join('\n');
};

export const formatTrace = (trace: Trace, style: TextStyle): string => {
  const sentence = safeText(trace.explanation, style);
  const parts = [
    style.color ? `\u001b[1m${sentence}\u001b[22m` : sentence,
    formatDirection('request', trace.request, style),
    trace.reply === undefined ? 'reply: not reached' : formatDirection('reply', trace.reply, style),
    // Where it passes it is the request over again.
    ...(trace.followUp === undefined || trace.followUp.outcome === 'delivered'
      ? []
      : [formatDirection("the asker's packet after the answer", trace.followUp, style)]),
    ...(trace.parted === undefined ? [] : [`depends on: ${safeText(trace.parted, style)}`]),
    ...(trace.listener === undefined ? [] : [`listener: ${safeText(trace.listener.text, style)}`]),
  ];
  return `${parts.join('\n\n')}\n`;
};
