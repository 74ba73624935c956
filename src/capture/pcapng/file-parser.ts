/** pcap and pcapng files cut into packets while they come in, whatever they were written by, and however they end. */
import type { CapturedPacket, TapCounts } from '../../host/capture/capture-order.ts';
import { createPcapParser, pcapShape } from '../../host/capture/pcap-parser.ts';
import { createPcapngParser } from './pcapng-parser.ts';

/** An interface of a file; packets name it by its position (`tap`). */
export interface FileInterface {
  readonly linkType: number;
  readonly snapLength: number;
  readonly name?: string;
  readonly description?: string;
  readonly comment?: string;
  readonly filter?: string;
  /** From the last statistics of it in the file. */
  readonly counts?: TapCounts;
}

export interface FileParser {
  /** In the order of the file. */
  push(chunk: Uint8Array): readonly CapturedPacket[];
  /** Those met so far; a packet's is always among them. */
  interfaces(): readonly FileInterface[];
  /** No more can be read: what is wrong with the file. */
  broken(): string | undefined;
  /** Bytes at the end that make no whole packet or block: the file was cut off there. */
  rest(): number;
}

/** Of a classic file: one interface without a name. */
const createClassicParser = (): FileParser => {
  const parser = createPcapParser(0);
  return {
    push: parser.push,
    broken: parser.broken,
    rest: parser.rest,
    interfaces: () => {
      const header = parser.header();
      return header === undefined ? [] : [header];
    },
  };
};

/** A section header's type reads the same from both sides. */
const isPcapng = (bytes: Uint8Array): boolean =>
  new DataView(bytes.buffer, bytes.byteOffset).getUint32(0) === 0x0a0d0d0a;

/** The first four bytes tell which kind it is. */
export const createFileParser = (): FileParser => {
  let first: Uint8Array = new Uint8Array(0);
  let parser: FileParser | undefined;
  let trouble: string | undefined;

  const choose = (): FileParser | undefined => {
    if (isPcapng(first)) return createPcapngParser();
    if (pcapShape(first) !== undefined) return createClassicParser();
    trouble = 'it is neither a pcap nor a pcapng file';
    return undefined;
  };
  return {
    push: (chunk) => {
      if (parser !== undefined) return parser.push(chunk);
      if (trouble !== undefined) return [];
      first = first.length === 0 ? chunk : Buffer.concat([first, chunk]);
      if (first.length < 4) return [];
      parser = choose();
      return parser?.push(first) ?? [];
    },
    interfaces: () => parser?.interfaces() ?? [],
    broken: () => trouble ?? parser?.broken(),
    rest: () => parser?.rest() ?? first.length,
  };
};
