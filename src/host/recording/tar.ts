/** Packs and unpacks the tar archives recordings travel in: plain files only, ustar with long names; POSIX.1-1988 and pax. */
import { Buffer } from 'node:buffer';
import type { FileTree } from './layout.ts';
import { createTextPool } from './text-pool.ts';

const block = 512;
const encoder = new TextEncoder();

export interface TarLimits {
  readonly files: number;
  readonly fileBytes: number;
}

/** Regular files of an archive. Links, devices and names that lead out of the archive are left out: they have no business in a recording. */
export function unpackTar(
  bytes: Uint8Array,
  limits: TarLimits,
): { readonly files: FileTree; readonly refused: readonly string[] } {
  const archive = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pool = createTextPool();
  const files = new Map<string, string>();
  const refused: string[] = [];
  let longName: string | undefined;
  for (let at = 0; at + block <= archive.length; ) {
    const header = archive.subarray(at, at + block);
    if (header[0] === 0 && header.every((byte) => byte === 0)) break;
    const size = readOctal(header, 124, 12);
    const type = String.fromCharCode(header[156] ?? 0);
    const body = archive.subarray(at + block, at + block + size);
    if (!Number.isSafeInteger(size) || body.length < size) {
      refused.push('the archive ends in the middle of a file');
      break;
    }
    at += block + Math.ceil(size / block) * block;
    if (type === 'L') longName = readText(body, 0, body.length);
    else if (type === 'x') longName = readPaxPath(body) ?? longName;
    else {
      const name = longName ?? joinName(readText(header, 345, 155), readText(header, 0, 100), header);
      longName = undefined;
      if (type === '0' || type === '\0' || type === '7') {
        const path = safePath(name);
        if (path === undefined) refused.push(`${name}: leads out of the archive`);
        else if (size > limits.fileBytes) refused.push(`${name}: larger than ${limits.fileBytes} bytes`);
        else if (files.size >= limits.files) return { files, refused: [...refused, `more than ${limits.files} files`] };
        else {
          const file = path.slice(path.lastIndexOf('/') + 1);
          files.set(path, pool.find(file, body) ?? pool.add(file, body));
        }
      } else if (type !== '5' && type !== 'g') refused.push(`${name}: not a plain file`);
    }
  }
  return { files, refused };
}

export function packTar(files: FileTree): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const [path, text] of files) {
    const body = encoder.encode(text);
    const name = encoder.encode(path);
    // GNU's long-name entry: read by every tar in use, and simpler than pax.
    if (name.length > 100)
      parts.push(header('././@LongLink', name.length + 1, 'L'), padded(encoder.encode(`${path}\0`)));
    parts.push(header(path, body.length, '0'), padded(body));
  }
  parts.push(new Uint8Array(2 * block));
  return Buffer.concat(parts);
}

/** A path below the archive's root, without `./`; undefined when it could lead elsewhere. */
function safePath(name: string): string | undefined {
  if (name.startsWith('/') || name.includes('\0') || name.includes('\\')) return undefined;
  const steps = name.split('/').filter((step) => step !== '' && step !== '.');
  return steps.length === 0 || steps.includes('..') ? undefined : steps.join('/');
}

function joinName(prefix: string, name: string, bytes: Buffer): string {
  // Bytes 345… are the prefix only in POSIX ustar ("ustar\0"); old GNU archives ("ustar ") keep times there.
  const posix = readText(bytes, 257, 6) === 'ustar' && bytes[262] === 0;
  return posix && prefix !== '' ? `${prefix}/${name}` : name;
}

function readText(bytes: Buffer, from: number, length: number): string {
  const zero = bytes.indexOf(0, from);
  return bytes.toString('utf8', from, zero < 0 ? from + length : Math.min(zero, from + length));
}

function readOctal(bytes: Buffer, from: number, length: number): number {
  const text = readText(bytes, from, length).trim();
  return /^[0-7]*$/.test(text) ? Number.parseInt(text || '0', 8) : Number.NaN;
}

function readPaxPath(body: Buffer): string | undefined {
  return /^\d+ path=(.*)$/m.exec(body.toString('utf8'))?.[1];
}

function padded(body: Uint8Array): Uint8Array {
  const whole = new Uint8Array(Math.ceil(body.length / block) * block);
  whole.set(body);
  return whole;
}

function header(path: string, size: number, type: string): Uint8Array {
  const bytes = new Uint8Array(block);
  const put = (text: string, at: number, room: number) => bytes.set(encoder.encode(text).subarray(0, room), at);
  const octal = (value: number, digits: number) => value.toString(8).padStart(digits, '0');
  put(path, 0, 100);
  put(
    `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0${octal(size, 11)}\0${octal(0, 11)}\0        ${type}`,
    100,
    57,
  );
  put('ustar\x0000', 257, 8);
  const sum = bytes.reduce((total, byte) => total + byte, 0);
  put(`${octal(sum, 6)}\0 `, 148, 8);
  return bytes;
}
