/** Classic BPF instructions with labels instead of distances, and the program the kernel takes. */

/** One instruction of linux/filter.h. */
export interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export interface Label {
  /** Position in the program; undefined until it is placed. */
  at?: number;
}

/** Operation codes: class + size + mode, or class + test. */
export const ops = {
  loadWord: 0x20,
  loadHalf: 0x28,
  loadByte: 0x30,
  /** Packet length. */
  loadLength: 0x80,
  /** Index register: four times the lower half of a byte, an IPv4 header's length. */
  loadHeaderLength: 0xb1,
  loadHalfIndexed: 0x48,
  and: 0x54,
  jumpEqual: 0x15,
  jumpGreater: 0x25,
  jumpAtLeast: 0x35,
  jumpAnyBit: 0x45,
  return: 0x06,
} as const;

export interface Assembler {
  emit(code: number, k: number): void;
  /** Goes to one of two labels, both further on. */
  branch(code: number, k: number, yes: Label, no: Label): void;
  place(label: Label): void;
  /** Undefined: a jump would be longer than an instruction can say. */
  program(): readonly Instruction[] | undefined;
}

/** A distance has eight bits. */
const longestJump = 255;

interface Draft {
  readonly code: number;
  readonly k: number;
  readonly yes?: Label;
  readonly no?: Label;
}

export const createAssembler = (): Assembler => {
  const drafts: Draft[] = [];
  const distance = (from: number, label: Label | undefined): number => (label?.at ?? from + 1) - from - 1;
  return {
    emit: (code, k) => void drafts.push({ code, k }),
    branch: (code, k, yes, no) => void drafts.push({ code, k, yes, no }),
    place: (label) => {
      label.at = drafts.length;
    },
    program: () => {
      const all = drafts.map(({ code, k, yes, no }, at) => ({ code, k, jt: distance(at, yes), jf: distance(at, no) }));
      return all.some(({ jt, jf }) => jt > longestJump || jf > longestJump) ? undefined : all;
    },
  };
};

const instructionBytes = 8;

/** struct sock_filter, in the byte order of this machine. */
export const encodeProgram = (program: readonly Instruction[], littleEndian: boolean): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(new ArrayBuffer(Math.max(128, program.length * instructionBytes)));
  const view = new DataView(bytes.buffer);
  for (const [n, { code, jt, jf, k }] of program.entries()) {
    const at = n * instructionBytes;
    view.setUint16(at, code, littleEndian);
    view.setUint8(at + 2, jt);
    view.setUint8(at + 3, jf);
    view.setUint32(at + 4, k >>> 0, littleEndian);
  }
  return bytes;
};
