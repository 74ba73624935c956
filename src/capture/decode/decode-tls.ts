/** The first TLS record of a segment: what it is, its version, whom a client asks for, what an alert says (RFC 8446, RFC 6066). */
import { printable } from '../../std/printable.ts';
import { textAt, u8, u16, u24 } from './bytes.ts';
import type { Draft } from './draft.ts';
import type { TlsLayer } from './layers.ts';

const versionName = (version: number): string =>
  ({ 768: 'SSL 3.0', 769: 'TLS 1.0', 770: 'TLS 1.1', 771: 'TLS 1.2', 772: 'TLS 1.3' })[version] ??
  `version 0x${version.toString(16)}`;

const alerts: Readonly<Record<number, string>> = {
  0: 'close notify',
  10: 'unexpected message',
  20: 'bad record MAC',
  22: 'record overflow',
  40: 'handshake failure',
  42: 'bad certificate',
  43: 'unsupported certificate',
  44: 'certificate revoked',
  45: 'certificate expired',
  46: 'certificate unknown',
  47: 'illegal parameter',
  48: 'unknown CA',
  49: 'access denied',
  50: 'decode error',
  51: 'decrypt error',
  70: 'protocol version',
  71: 'insufficient security',
  80: 'internal error',
  86: 'inappropriate fallback',
  90: 'user canceled',
  109: 'missing extension',
  110: 'unsupported extension',
  112: 'unrecognised name',
  116: 'certificate required',
  120: 'no application protocol',
};

const handshakes: Readonly<Record<number, string>> = {
  1: 'ClientHello',
  2: 'ServerHello',
  4: 'NewSessionTicket',
  11: 'Certificate',
  12: 'ServerKeyExchange',
  14: 'ServerHelloDone',
  16: 'ClientKeyExchange',
};

type Hello = Pick<TlsLayer, 'version' | 'serverName' | 'protocols'>;

/** RFC 8701: values that mean nothing, sent so that servers stay tolerant. */
const isGrease = (value: number): boolean => (value & 0x0f0f) === 0x0a0a;

const highestVersion = (bytes: Uint8Array, from: number, end: number): number => {
  let best = 0;
  for (let at = from; at + 2 <= end; at += 2) {
    const version = u16(bytes, at);
    if (!isGrease(version) && version > best) best = version;
  }
  return best;
};

const protocolList = (bytes: Uint8Array, from: number, end: number): readonly string[] => {
  const names: string[] = [];
  for (let at = from; at < end && names.length < 8; at += u8(bytes, at) + 1)
    names.push(printable(textAt(bytes, at + 1, Math.min(end, at + 1 + u8(bytes, at)))));
  return names;
};

const readExtension = (bytes: Uint8Array, type: number, at: number, end: number, client: boolean): Partial<Hello> => {
  if (type === 0 && client && at + 5 <= end)
    return { serverName: printable(textAt(bytes, at + 5, Math.min(end, at + 5 + u16(bytes, at + 3)))) };
  if (type === 16 && at + 2 < end) return { protocols: protocolList(bytes, at + 2, end) };
  if (type !== 43) return {};
  const version = client ? highestVersion(bytes, at + 1, end) : u16(bytes, at);
  return version === 0 ? {} : { version: versionName(version) };
};

/** `at`: the body of a ClientHello or ServerHello. What was cut off is left out. */
const readHello = (bytes: Uint8Array, at: number, end: number, client: boolean): Hello => {
  let hello: Hello = { version: versionName(u16(bytes, at)) };
  let next = at + 34;
  next += 1 + u8(bytes, next);
  next += client ? 2 + u16(bytes, next) : 2;
  next += client ? 1 + u8(bytes, next) : 1;
  const last = Math.min(end, next + 2 + u16(bytes, next));
  for (let from = next + 2; from + 4 <= last; from += 4 + u16(bytes, from + 2)) {
    const to = Math.min(last, from + 4 + u16(bytes, from + 2));
    hello = { ...hello, ...readExtension(bytes, u16(bytes, from), from + 4, to, client) };
  }
  return hello;
};

const readRecord = (bytes: Uint8Array, at: number, end: number): Omit<TlsLayer, 'kind' | 'offset' | 'size'> => {
  const version = versionName(u16(bytes, at + 1));
  const body = at + 5;
  switch (u8(bytes, at)) {
    case 20:
      return { record: 'ChangeCipherSpec', version };
    case 21:
      // Two bytes are a plain alert; longer ones are encrypted.
      if (u16(bytes, at + 3) !== 2 || body + 2 > end) return { record: 'Alert', version };
      return { record: 'Alert', version, alert: alertText(u8(bytes, body), u8(bytes, body + 1)) };
    case 22: {
      const type = u8(bytes, body);
      // Beyond the hellos a type is only believed when its length fits the record: encrypted handshakes look like anything.
      const record = u24(bytes, body + 1) + 4 <= u16(bytes, at + 3) || type === 1 ? handshakes[type] : undefined;
      if (type > 2 || record === undefined || body + 38 > end) return { record: record ?? 'Handshake', version };
      return { record, ...readHello(bytes, body + 4, end, type === 1) };
    }
    default:
      return { record: 'Application data', version };
  }
};

const alertText = (level: number, code: number): string =>
  `${level === 2 ? 'fatal' : 'warning'} ${alerts[code] ?? `alert ${code}`}`;

/** False: no TLS record begins here, nothing was added. */
export const decodeTls = (draft: Draft, at: number, wireEnd: number): boolean => {
  const { bytes, layers } = draft;
  const end = Math.min(wireEnd, bytes.length);
  const type = u8(bytes, at);
  if (at + 5 > end || type < 20 || type > 23 || u8(bytes, at + 1) !== 3 || u8(bytes, at + 2) > 4) return false;
  const length = u16(bytes, at + 3);
  // 2^14 and what encryption may add (RFC 8446 §5.2).
  if (length === 0 || length > 16_640) return false;
  layers.push({ kind: 'tls', ...readRecord(bytes, at, Math.min(end, at + 5 + length)), offset: at, size: end - at });
  return true;
};
