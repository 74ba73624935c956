/** A capture file read by our own reader, whole. */
import { readFileSync } from 'node:fs';
import { createFileParser, type FileInterface } from '../../src/capture/pcapng/file-parser.ts';
import type { CapturedPacket } from '../../src/host/capture/capture-order.ts';

export interface CaptureContents {
  readonly interfaces: readonly FileInterface[];
  readonly packets: readonly CapturedPacket[];
  readonly broken?: string;
  /** Bytes at its end that make no whole block. */
  readonly rest: number;
}

export const parseCapture = (bytes: Uint8Array): CaptureContents => {
  const parser = createFileParser();
  const packets = parser.push(bytes);
  const broken = parser.broken();
  return {
    packets,
    interfaces: parser.interfaces(),
    rest: parser.rest(),
    ...(broken === undefined ? {} : { broken }),
  };
};

export const readCapture = (path: string): CaptureContents => parseCapture(readFileSync(path));
