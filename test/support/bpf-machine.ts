/** A classic BPF machine (linux/filter.h): what the kernel would keep of a packet. */

export interface BpfInstruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

/** `tcpdump -ddd`: a count, then `code jt jf k` lines. */
export const parseProgram = (text: string): readonly BpfInstruction[] =>
  text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [code = 0, jt = 0, jf = 0, k = 0] = line.split(' ').map(Number);
      return { code, jt, jf, k };
    });

const loads: Readonly<Record<number, number>> = { 0: 4, 8: 2, 16: 1 };

const arithmetic = (operation: number, a: number, by: number): number => {
  switch (operation) {
    case 0x00:
      return (a + by) >>> 0;
    case 0x10:
      return (a - by) >>> 0;
    case 0x40:
      return (a | by) >>> 0;
    case 0x50:
      return (a & by) >>> 0;
    case 0x60:
      return (a << by) >>> 0;
    case 0x70:
      return a >>> by;
    default:
      throw new Error(`arithmetic 0x${operation.toString(16)}`);
  }
};

const test = (operation: number, a: number, by: number): boolean => {
  switch (operation) {
    case 0x10:
      return a === by;
    case 0x20:
      return a > by;
    case 0x30:
      return a >= by;
    case 0x40:
      return (a & by) !== 0;
    default:
      throw new Error(`jump 0x${operation.toString(16)}`);
  }
};

/** Bytes kept; a load beyond the packet's end keeps none, as in the kernel. */
export const runBpf = (program: readonly BpfInstruction[], packet: Uint8Array): number => {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  const memory = new Array<number>(16).fill(0);
  let [a, x] = [0, 0];
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at]!;
    const kind = code & 0x07;
    if (kind === 0x06) return (code & 0x18) === 0x10 ? a : k;
    if (kind === 0x05) {
      if ((code & 0xf0) === 0) at += k;
      else at += test(code & 0xf0, a, (code & 0x08) === 0 ? k : x) ? jt : jf;
    } else if (kind === 0x04) a = arithmetic(code & 0xf0, a, (code & 0x08) === 0 ? k : x);
    else if (kind === 0x07) [a, x] = (code & 0xf8) === 0 ? [a, a] : [x, x];
    else if (kind === 0x02) memory[k] = a;
    else if (kind === 0x03) memory[k] = x;
    else {
      const mode = code & 0xe0;
      const size = loads[code & 0x18] ?? 4;
      let value: number;
      if (mode === 0x00) value = k;
      else if (mode === 0x60) value = memory[k]!;
      else if (mode === 0x80) value = packet.length;
      else {
        const from = mode === 0x40 ? x + k : k;
        if (from + (mode === 0xa0 ? 1 : size) > packet.length) return 0;
        if (mode === 0xa0) value = 4 * (packet[from]! & 0x0f);
        else value = size === 4 ? view.getUint32(from) : size === 2 ? view.getUint16(from) : packet[from]!;
      }
      if (kind === 0x00) a = value;
      else x = value;
    }
  }
  throw new Error('the program has no end');
};
