/** A packet's one-liner as plain text, with names or addresses. */
import type { PacketSummary } from '../decode/layers.ts';

const endText = (address: string, port: number | undefined): string => {
  if (port === undefined) return address;
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
};

/** Names are made printable by whoever gives them. */
export const summaryText = (summary: PacketSummary, nameOf: (address: string) => string | undefined): string => {
  const shown = (address: string): string => nameOf(address) ?? address;
  const info = summary.info.map((part) => (typeof part === 'string' ? part : shown(part.address))).join('');
  return `${endText(shown(summary.src), summary.sport)} → ${endText(shown(summary.dst), summary.dport)} ${summary.proto} ${info}`;
};
