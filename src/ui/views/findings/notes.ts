/** How trying and counting stand: rows above the findings, which say when it was and that nothing else was found. */
import { line, type Part, span } from '../../format/line.ts';
import type { Item } from '../item.ts';
import type { ViewContext } from '../view.ts';

const note = (id: string, ...parts: readonly Part[]): Item => ({
  id,
  faulty: true,
  selectable: false,
  cells: [line(...parts)],
});

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

export const probeNotes = ({ state: { probe }, glyphs }: ViewContext): readonly Item[] => {
  if (probe === undefined) return [];
  if ('progress' in probe)
    return [
      note(
        'probing',
        span(`  trying ${probe.sent} of ${probe.of}: ${probe.progress}`, 'accent'),
        span(probe.stopping === true ? '  ending' : '  L ends it', 'dim'),
      ),
    ];
  const { findings, asked } = probe.answer;
  return [
    note(
      'probed',
      findings.length === 0 ? span(glyphs.check, 'good') : span(glyphs.down, 'bad'),
      ` tried ${plural(asked, 'connection')} at ${probe.at}: `,
      findings.length === 0 ? 'none fails that should work' : `${findings.length} failed`,
    ),
  ];
};

export const countNotes = ({ state: { count }, glyphs }: ViewContext): readonly Item[] => {
  if (count === undefined) return [];
  switch (count.phase) {
    case 'starting':
      return [note('counting', span('  reading the counters…', 'dim'))];
    case 'counting':
      return [
        note(
          'counting',
          span(`  counting since ${count.at}`, 'accent'),
          span(': let it happen, then press d again', 'dim'),
        ),
      ];
    case 'comparing':
      return [note('counting', span('  comparing the counters…', 'dim'))];
    case 'counted':
      return [
        note(
          'counted',
          count.findings.length === 0 ? span(glyphs.check, 'good') : span(glyphs.warning, 'warn'),
          ` counted from ${count.since} to ${count.at}: `,
          count.findings.length === 0 ? 'nothing was lost' : plural(count.findings.length, 'finding'),
        ),
      ];
  }
};
