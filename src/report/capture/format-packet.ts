/** One packet as one line: when, where, who to whom, and what is said. */
import type { DecodedPacket, TextPart } from '../../capture/decode/layers.ts';
import { cellWidth, cutToWidth } from '../../std/printable.ts';
import { safeText, signsOf, type TextStyle } from '../format-table.ts';

const two = (value: number): string => String(value).padStart(2, '0');

/** `14:03:59.123456`, local time; microseconds are as fine as an eye can use. */
export const formatStamp = (at: bigint): string => {
  const date = new Date(Number(at / 1_000_000n));
  const micros = String((at / 1000n) % 1_000_000n).padStart(6, '0');
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}.${micros}`;
};

const partText = (part: TextPart): string => (typeof part === 'string' ? part : part.address);

const endText = (address: string, port: number | undefined): string => {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
};

/** Addresses, protocol and words; what was cut off is said by the decoder. */
export const formatSummary = ({ summary }: DecodedPacket, style: TextStyle): string => {
  const { proto, src, dst, sport, dport, info } = summary;
  const ends =
    src === '' && dst === '' ? '' : `${endText(src, sport)} ${signsOf(style).arrow} ${endText(dst, dport)}  `;
  return `${ends}${proto} ${info.map(partText).join('')}`.trimEnd();
};

export interface PacketLine {
  /** Nanoseconds since 1970. */
  readonly packet: { readonly at: bigint };
  readonly point: string;
  /** Cells that names of points take. */
  readonly pointWidth: number;
  readonly decoded: DecodedPacket;
}

export const formatPacket = ({ packet, point, pointWidth, decoded }: PacketLine, style: TextStyle): string => {
  const name = safeText(point, style);
  const place = name + ' '.repeat(Math.max(0, pointWidth - cellWidth(name)));
  const line = `${formatStamp(packet.at)}  ${place}  ${safeText(formatSummary(decoded, style), style)}`;
  return style.width === undefined ? line : cutToWidth(line, style.width);
};
