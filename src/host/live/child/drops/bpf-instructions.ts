/** BPF instructions as bytes (include/uapi/linux/bpf.h): as many as reading a packet that is dropped needs. */
import { littleEndian } from '../../../netlink/wire/attributes.ts';

export type Register = 0 | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10;

/** `label`: where a jump goes, by name; resolved when assembled. */
export interface Instruction {
  readonly code: number;
  readonly dst: Register;
  readonly src: number;
  readonly offset: number;
  readonly imm: number;
  readonly jump?: string;
}

export type Line = Instruction | { readonly label: string };

const make = (code: number, dst: Register, src: number, offset: number, imm: number): Instruction => ({
  code,
  dst,
  src,
  offset,
  imm,
});

export const helpers = { lookup: 1, now: 5, push: 87, readKernel: 113 } as const;

export const move = (dst: Register, src: Register): Line => make(0xbf, dst, src, 0, 0);
export const set = (dst: Register, value: number): Line => make(0xb7, dst, 0, 0, value);
export const add = (dst: Register, value: number): Line => make(0x07, dst, 0, 0, value);
export const addRegister = (dst: Register, src: Register): Line => make(0x0f, dst, src, 0, 0);
export const load64 = (dst: Register, src: Register, offset: number): Line => make(0x79, dst, src, offset, 0);
export const load16 = (dst: Register, src: Register, offset: number): Line => make(0x69, dst, src, offset, 0);
export const store64 = (dst: Register, offset: number, src: Register): Line => make(0x7b, dst, src, offset, 0);
export const store32 = (dst: Register, offset: number, src: Register): Line => make(0x63, dst, src, offset, 0);
/** 8 bytes of a constant. */
export const storeZero = (dst: Register, offset: number): Line => make(0x7a, dst, 0, offset, 0);
/** *(u64 *)(dst) += src, whoever else does it at the same time. */
export const countUp = (dst: Register, src: Register): Line => make(0xdb, dst, src, 0, 0);
export const call = (helper: number): Line => make(0x85, 0, 0, 0, helper);
export const exit: Line = make(0x95, 0, 0, 0, 0);
export const jump = (to: string): Line => ({ ...make(0x05, 0, 0, 0, 0), jump: to });
export const jumpIfZero = (register: Register, to: string): Line => ({ ...make(0x15, register, 0, 0, 0), jump: to });
export const label = (name: string): Line => ({ label: name });
/** A map by its descriptor: one instruction of double length. */
export const loadMap = (dst: Register, fd: number): readonly Line[] => [make(0x18, dst, 1, 0, fd), make(0, 0, 0, 0, 0)];

export const assemble = (lines: readonly Line[]): Uint8Array<ArrayBuffer> => {
  const labels = new Map<string, number>();
  const code: Instruction[] = [];
  for (const line of lines) {
    if ('label' in line) labels.set(line.label, code.length);
    else code.push(line);
  }
  const bytes = new Uint8Array(new ArrayBuffer(code.length * 8));
  const view = new DataView(bytes.buffer);
  for (const [at, { code: opcode, dst, src, offset, imm, jump: to }] of code.entries()) {
    const target = to === undefined ? offset : (labels.get(to) ?? 0) - at - 1;
    view.setUint8(at * 8, opcode);
    view.setUint8(at * 8 + 1, littleEndian ? (src << 4) | dst : (dst << 4) | src);
    view.setInt16(at * 8 + 2, target, littleEndian);
    view.setInt32(at * 8 + 4, imm, littleEndian);
  }
  return bytes;
};
