/** What could not be seen, as lines for people who read text. */
import type { Graph } from '../graph/graph.ts';
import type { Gap } from '../model/gap.ts';
import { safeText, type TextStyle } from './format-table.ts';

const shown = 5;

/** One line a gap, the same words once; '' when everything could be seen. */
export const formatGaps = (graph: Graph, gaps: readonly Gap[], style: TextStyle): string => {
  const lines = new Map<string, number>();
  for (const gap of gaps) {
    const how = gap.howToSee === undefined ? '' : ` (${gap.howToSee})`;
    const line = safeText(`${gap.source}: ${gap.detail}${how}`, style);
    lines.set(line, (lines.get(line) ?? 0) + 1);
  }
  if (lines.size === 0) return '';
  const told = [...lines].slice(0, shown).map(([line, times]) => `  ${line}${times > 1 ? ` (${times} times)` : ''}`);
  const more = lines.size > shown ? [`  and ${lines.size - shown} more: --json lists all`] : [];
  const where = graph.snapshots.length > 1 ? 'on these hosts' : 'on this host';
  return `\nNot everything could be seen ${where}:\n${[...told, ...more].join('\n')}\n`;
};
