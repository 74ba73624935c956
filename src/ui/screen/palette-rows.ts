/** The palette's offers, the chosen one marked. */
import { fitTo, type Line, line, span } from '../format/line.ts';
import { paletteResults } from '../palette/results.ts';
import type { Prompt, Services, UiState } from '../state/ui-state.ts';

export const paletteRows = (
  state: UiState,
  prompt: Extract<Prompt, { kind: 'palette' }>,
  rows: number,
  services: Services,
): readonly Line[] => {
  const results = paletteResults(state, prompt, services);
  const top = Math.max(0, prompt.index - rows + 1);
  const width = Math.min(40, Math.floor(state.columns * 0.45));
  const shown = results.slice(top, top + rows).map((entry, offset) => {
    const here = top + offset === prompt.index;
    return line(
      here ? span(state.theme.glyphs.cursor, 'cursor') : ' ',
      fitTo(span(entry.kind, 'dim'), 10, state.theme),
      fitTo(span(entry.label, here ? 'marked' : 'plain'), width, state.theme),
      ' ',
      span(entry.hint, 'dim'),
    );
  });
  const none = prompt.text === '' ? 'a name, address, MAC, veth, ifindex, pid, port …' : 'nothing here is called that';
  const lines = shown.length > 0 ? shown : [[], line('  ', span(none, 'dim'))];
  return [...lines, ...Array.from({ length: Math.max(0, rows - lines.length) }, () => [])].slice(0, rows);
};
