/** iptables' bpf match: classic BPF (`--bytecode "n,code jt jf k,…"`) run on the bytes that are known. */
import type { ClauseOption } from '../../model/statement.ts';
import { type Truth, unknown } from '../context.ts';
import type { Condition } from './compile-condition.ts';
import { bytesAt, type HeaderBytes, headerBytes } from './header-bytes.ts';
import { not } from './truth.ts';

interface Instruction {
  readonly code: number;
  readonly jt: number;
  readonly jf: number;
  readonly k: number;
}

export function bpfTest(options: readonly ClauseOption[]): Condition {
  const option = options.find((each) => each.name === '--bytecode');
  const program = option && parseBytecode(option.values[0] ?? '');
  if (option === undefined || program === undefined) return () => unknown('a BPF program that cannot be read');
  return (view) => {
    const truth = run(program, headerBytes(view));
    return option.negated ? not(truth) : truth;
  };
}

function parseBytecode(text: string): readonly Instruction[] | undefined {
  const [count, ...lines] = text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const program = lines.map((line) => {
    const [code, jt, jf, k] = line.split(/\s+/).map(Number);
    return { code: code ?? Number.NaN, jt: jt ?? Number.NaN, jf: jf ?? Number.NaN, k: k ?? Number.NaN };
  });
  const sound = program.every((each) => !Object.values(each).some(Number.isNaN));
  return sound && program.length === Number(count) ? program : undefined;
}

interface Machine {
  a: number;
  x: number;
  readonly memory: number[];
}

const doubt = unknown('what the packet carries');

/** A load of unknown bytes makes the answer unknown; a load beyond the packet's end answers no (as in the kernel). */
function run(program: readonly Instruction[], header: HeaderBytes): Truth {
  const machine: Machine = { a: 0, x: 0, memory: [] };
  for (let at = 0; at < program.length; at++) {
    const { code, jt, jf, k } = program[at]!;
    const group = code & 7;
    if (group === 6) return ((code & 0x18) === 0x10 ? machine.a : k) !== 0;
    if (group === 5) {
      const source = (code & 8) !== 0 ? machine.x : k;
      at += (code & 0xf0) === 0 ? k : holds(code & 0xf0, machine.a, source) ? jt : jf;
      continue;
    }
    const outcome = step(machine, code, k, header);
    if (outcome !== true) return outcome;
  }
  return doubt;
}

function holds(test: number, a: number, b: number): boolean {
  if (test === 0x10) return a === b;
  if (test === 0x20) return a > b;
  if (test === 0x30) return a >= b;
  return (a & b) !== 0;
}

function step(machine: Machine, code: number, k: number, header: HeaderBytes): Truth {
  switch (code & 7) {
    case 0:
    case 1:
      return load(machine, code, k, header);
    case 2:
      machine.memory[k] = machine.a;
      return true;
    case 3:
      machine.memory[k] = machine.x;
      return true;
    case 4:
      return compute(machine, code & 0xf0, (code & 8) !== 0 ? machine.x : k);
    default:
      if ((code & 0xf8) === 0x80) machine.a = machine.x;
      else machine.x = machine.a;
      return true;
  }
}

function load(machine: Machine, code: number, k: number, header: HeaderBytes): Truth {
  const mode = code & 0xe0;
  const toX = (code & 7) === 1;
  const width = ({ 0: 4, 8: 2, 16: 1 } as const)[code & 0x18] ?? 4;
  let value: number | undefined;
  if (mode === 0x00) value = k;
  else if (mode === 0x60) value = machine.memory[k] ?? 0;
  else if (mode === 0x80) value = header.length;
  else {
    const offset = mode === 0x40 ? machine.x + k : k;
    // Negative offsets are the kernel's ancillary data (SKF_AD_OFF …).
    if (offset >= 0x80000000) return doubt;
    const read = bytesAt(header, offset, mode === 0xa0 ? 1 : width);
    if (read === undefined) return false;
    if (read.known !== 2 ** (8 * (mode === 0xa0 ? 1 : width)) - 1) return doubt;
    value = mode === 0xa0 ? (read.value & 15) * 4 : read.value;
  }
  if (toX) machine.x = value;
  else machine.a = value;
  return true;
}

function compute(machine: Machine, op: number, b: number): Truth {
  const a = machine.a;
  switch (op) {
    case 0x00:
      machine.a = (a + b) >>> 0;
      return true;
    case 0x10:
      machine.a = (a - b) >>> 0;
      return true;
    case 0x20:
      machine.a = Math.imul(a, b) >>> 0;
      return true;
    case 0x30:
    case 0x90:
      // Division by zero ends the program with 0.
      if (b === 0) return false;
      machine.a = op === 0x30 ? Math.floor(a / b) : a % b;
      return true;
    case 0x40:
      machine.a = (a | b) >>> 0;
      return true;
    case 0x50:
      machine.a = (a & b) >>> 0;
      return true;
    case 0x60:
      machine.a = (a << b) >>> 0;
      return true;
    case 0x70:
      machine.a = a >>> b;
      return true;
    case 0x80:
      machine.a = -a >>> 0;
      return true;
    default:
      machine.a = (a ^ b) >>> 0;
      return true;
  }
}
