/** What a capture says about itself: where it looks and when it ends, and what it came to. */
import type { CaptureEnd, CaptureQuestion, CaptureState } from '../../capture/capture-question.ts';
import { safeText, type TextStyle } from '../format-table.ts';

const units = ['B', 'KiB', 'MiB', 'GiB'] as const;

export const formatSize = (bytes: number): string => {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${Number.isInteger(value) || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
};

const formatTime = (ms: number): string => {
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000} h`;
  return ms % 60_000 === 0 ? `${ms / 60_000} min` : `${ms / 1000} s`;
};

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const limitsText = ({ limits = {} }: CaptureQuestion): string => {
  const { durationMs, packets, bytes } = limits;
  const ends = [
    ...(durationMs === undefined ? [] : [`after ${formatTime(durationMs)}`]),
    ...(packets === undefined ? [] : [`after ${plural(packets, 'packet')}`]),
    ...(bytes === undefined ? [] : [`before ${formatSize(bytes)}`]),
    'with Ctrl-C',
  ];
  return `ends ${ends.join(', ')}`;
};

/** Two lines: the points, each with its reader; the file and the limits. */
export const formatCaptureStart = (state: CaptureState, question: CaptureQuestion, style: TextStyle): string => {
  const points = state.points.map(({ point, reader, gap }, n) => {
    const how = reader ?? `not captured: ${gap?.detail ?? 'it ended'}`;
    return `${state.points.length > 1 ? `#${n + 1} ` : ''}${point.name} (${how})`;
  });
  const native = state.points.some(({ reader }) => reader === 'native')
    ? ['No tcpdump or dumpcap is used: the packet socket is read directly.']
    : [];
  const file = state.file === undefined || state.file.path === '-' ? '' : `into ${state.file.path}, `;
  const where = `Capturing at ${plural(points.length, 'point')}: ${points.join(', ')}`;
  return [where, ...native, `${file}${limitsText(question)}`].map((line) => `${safeText(line, style)}\n`).join('');
};

const endText = (end: CaptureEnd | undefined): string => {
  switch (end?.why) {
    case undefined:
    case 'asked':
      return '';
    case 'duration':
      return 'Ended: its time was over.';
    case 'packets':
      return 'Ended: it has as many packets as wanted.';
    case 'size':
      return 'Ended: the file may not grow further.';
    case 'points':
      return 'Ended: every point has ended.';
    case 'disk-full':
      return `Ended: the disk is full (${end.detail}); what was written before is whole.`;
    case 'reader-gone':
      return 'Ended: nobody reads the packets any more.';
    case 'failed':
      return `Ended: the file could not be written (${end.detail}).`;
  }
};

/** A line for each point: packets, drops, and why it ended early. */
export const formatCaptureEnd = (state: CaptureState, style: TextStyle): string => {
  const end = endText(state.end);
  const points = state.points.map(({ point, packets, counts, gap }) => {
    const drops = counts === undefined ? 'drops unknown' : `${counts.dropped} dropped by the kernel`;
    return `${point.name}: ${plural(packets, 'packet')}, ${drops}${gap === undefined ? '' : `; ${gap.source}: ${gap.detail}`}`;
  });
  const hasDrops = state.points.some(({ counts, reader }) => reader !== 'native' && (counts?.dropped ?? 0) > 0);
  const hint = hasDrops ? ['Fewer are dropped with --snaplen 200, a narrower --filter, or --reader native.'] : [];
  const file =
    state.file === undefined || state.file.path === '-' ? [] : [`${state.file.path}: ${formatSize(state.file.bytes)}`];
  return [...(end === '' ? [] : [end]), ...points, ...hint, ...file]
    .map((line) => `${safeText(line, style)}\n`)
    .join('');
};
