/** The first line of an HTTP message and its Host, whatever the port. */
import { printable } from '../../std/printable.ts';
import { textAt } from './bytes.ts';
import type { Draft } from './draft.ts';

const start =
  /^(?:(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS|CONNECT|TRACE|PRI) [^\r\n]+ HTTP\/\d|HTTP\/\d(?:\.\d)? \d{3})/;

/** As much of the head as is worth looking at; a longer one only loses its Host. */
const headLimit = 2048;
const lineLimit = 300;

/** False: no HTTP, nothing was added. */
export const decodeHttp = (draft: Draft, at: number, wireEnd: number): boolean => {
  const end = Math.min(wireEnd, draft.bytes.length);
  // H: a status line; else the first letter of a method. Nothing else is worth making text of.
  if (!/[GHPDOCT]/.test(String.fromCharCode(draft.bytes[at] ?? 0))) return false;
  const text = textAt(draft.bytes, at, Math.min(end, at + headLimit));
  const line = text.split(/\r?\n/, 1)[0] ?? '';
  // A request line cut off by the end of the segment still names its method and target.
  if (!start.test(line) && !/^(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) \/\S*$/.test(line)) return false;
  const head = text.split(/\r?\n\r?\n/, 1)[0] ?? '';
  const host = /^host:[ \t]*([^\r\n]*?)[ \t]*$/im.exec(head)?.[1];
  draft.layers.push({
    kind: 'http',
    line: printable(line.slice(0, lineLimit)),
    ...(host !== undefined && { host: printable(host.slice(0, lineLimit)) }),
    offset: at,
    size: end - at,
  });
  return true;
};
