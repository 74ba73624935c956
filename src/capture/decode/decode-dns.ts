/** DNS messages (RFC 1035): questions and answers, safe against every pointer a hostile message can hold. */
import { printable } from '../../std/printable.ts';
import { ipv4At, ipv6At, textAt, u8, u16, u32 } from './bytes.ts';
import { nameDnsType, nameRcode } from './dns-names.ts';
import type { Draft } from './draft.ts';
import type { DnsLayer, DnsQuestion, DnsRecord } from './layers.ts';

/** Bounds of one message. */
interface Message {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

interface Name {
  readonly text: string;
  /** Where what follows the name begins. */
  readonly next: number;
}

const nameLimit = 255;
/** Shown of a message; the header tells how many there are. */
const recordLimit = 32;

/** A dot inside a label is escaped as zone files do, so that `a.b` and one label `a.b` differ. */
const labelText = (bytes: Uint8Array, at: number, length: number): string =>
  printable(textAt(bytes, at, at + length)).replaceAll('.', '\\.');

/**
 * Undefined where the name runs out of the message or into a pointer that does not lead backwards; each pointer must lead before all
 * bytes read so far, so there is no way to go round.
 */
const readName = ({ bytes, start, end }: Message, from: number): Name | undefined => {
  const labels: string[] = [];
  let at = from;
  let next = -1;
  let lowest = from;
  for (let length = 0; length <= nameLimit; ) {
    if (at >= end) return undefined;
    const size = u8(bytes, at);
    if (size === 0) return { text: labels.length === 0 ? '.' : labels.join('.'), next: next < 0 ? at + 1 : next };
    if (size >= 0xc0) {
      if (at + 2 > end) return undefined;
      const target = start + (u16(bytes, at) & 0x3fff);
      if (target >= lowest) return undefined;
      if (next < 0) next = at + 2;
      lowest = target;
      at = target;
    } else {
      if (size > 63 || at + 1 + size > end) return undefined;
      labels.push(labelText(bytes, at + 1, size));
      length += size + 1;
      at += size + 1;
    }
  }
  return undefined;
};

const readQuestions = (message: Message, count: number): { readonly list: readonly DnsQuestion[]; next: number } => {
  const list: DnsQuestion[] = [];
  let next = message.start + 12;
  for (let n = 0; n < Math.min(count, recordLimit); n++) {
    const name = readName(message, next);
    if (name === undefined || name.next + 4 > message.end) return { list, next: -1 };
    list.push({ name: name.text, type: nameDnsType(u16(message.bytes, name.next)) });
    next = name.next + 4;
  }
  return { list, next };
};

const firstText = (bytes: Uint8Array, at: number, size: number): string =>
  `"${printable(textAt(bytes, at + 1, at + 1 + Math.min(u8(bytes, at), size - 1)))}"`;

const recordData = (message: Message, type: number, at: number, size: number): string => {
  const { bytes } = message;
  if (type === 1 && size === 4) return ipv4At(bytes, at);
  if (type === 28 && size === 16) return ipv6At(bytes, at);
  if (type === 2 || type === 5 || type === 12) return readName(message, at)?.text ?? 'unreadable name';
  if (type === 15 && size > 2) return `${u16(bytes, at)} ${readName(message, at + 2)?.text ?? 'unreadable name'}`;
  if (type === 33 && size > 6) return `${readName(message, at + 6)?.text ?? 'unreadable name'}:${u16(bytes, at + 4)}`;
  if (type === 16 && size > 0) return firstText(bytes, at, size);
  return `${size} bytes`;
};

const readAnswers = (message: Message, count: number, from: number): readonly DnsRecord[] => {
  const records: DnsRecord[] = [];
  let at = from;
  for (let n = 0; n < Math.min(count, recordLimit) && at >= 0; n++) {
    const name = readName(message, at);
    if (name === undefined || name.next + 10 > message.end) break;
    const type = u16(message.bytes, name.next);
    const size = u16(message.bytes, name.next + 8);
    const data = name.next + 10;
    if (data + size > message.end) break;
    const ttl = u32(message.bytes, name.next + 4);
    records.push({ name: name.text, type: nameDnsType(type), data: recordData(message, type, data, size), ttl });
    at = data + size;
  }
  return records;
};

/** Opcodes in use; others are no DNS. */
const isPlausible = (bytes: Uint8Array, at: number): boolean => {
  const opcode = (u16(bytes, at + 2) >> 11) & 15;
  return opcode <= 6 && (u16(bytes, at + 2) & 0x40) === 0 && u16(bytes, at + 4) <= recordLimit;
};

/** False: no DNS message, nothing was added. */
export const decodeDns = (draft: Draft, at: number, wireEnd: number, service?: DnsLayer['service']): boolean => {
  const { bytes, layers } = draft;
  const end = Math.min(wireEnd, bytes.length);
  if (at + 12 > end || !isPlausible(bytes, at)) return false;
  const message: Message = { bytes, start: at, end };
  const flags = u16(bytes, at + 2);
  const response = (flags & 0x8000) !== 0;
  const asked = readQuestions(message, u16(bytes, at + 4));
  const answers = readAnswers(message, u16(bytes, at + 6), asked.next);
  if (asked.next < 0 && end < wireEnd) draft.cut ??= 'DNS message not captured whole';
  else if (asked.next < 0 || answers.length < Math.min(u16(bytes, at + 6), recordLimit))
    draft.cut ??= end < wireEnd ? 'DNS message not captured whole' : 'DNS message malformed';
  layers.push({
    kind: 'dns',
    id: u16(bytes, at),
    response,
    ...(response && { rcode: nameRcode(flags & 15) }),
    opcode: (flags >> 11) & 15,
    truncatedAnswer: (flags & 0x200) !== 0,
    questions: asked.list,
    answers,
    answerCount: u16(bytes, at + 6),
    ...(service !== undefined && { service }),
    offset: at,
    size: end - at,
  });
  return true;
};
