/** ARP for IPv4 over Ethernet (RFC 826), with probes and announcements (RFC 5227). */
import { ipv4At, macAt, u8, u16 } from './bytes.ts';
import { addData, type Draft, has } from './draft.ts';
import type { ArpLayer } from './layers.ts';

const classify = (operation: number, sender: string, target: string): ArpLayer['what'] => {
  if (operation === 1) {
    if (sender === '0.0.0.0') return 'probe';
    return sender === target ? 'announcement' : 'request';
  }
  if (operation === 2) return sender === target ? 'gratuitous reply' : 'reply';
  return 'other';
};

export const decodeArp = (draft: Draft, at: number, end: number): void => {
  const { bytes } = draft;
  if (!has(draft, at, 8, end, 'ARP header')) return;
  if (u16(bytes, at + 2) !== 0x0800 || u8(bytes, at + 4) !== 6 || u8(bytes, at + 5) !== 4) {
    addData(draft, at, end, 'ARP for other addresses');
    return;
  }
  if (!has(draft, at, 28, end, 'ARP')) return;
  const operation = u16(bytes, at + 6);
  const senderIp = ipv4At(bytes, at + 14);
  const targetIp = ipv4At(bytes, at + 24);
  draft.layers.push({
    kind: 'arp',
    operation,
    what: classify(operation, senderIp, targetIp),
    senderMac: macAt(bytes, at + 8),
    senderIp,
    targetMac: macAt(bytes, at + 18),
    targetIp,
    offset: at,
    size: 28,
  });
};
