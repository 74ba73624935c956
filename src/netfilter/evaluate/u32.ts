/** iptables' u32 match (xt_u32): numbers read from the packet by a small program, as far as its bytes are known. */
import type { ClauseOption } from '../../model/statement.ts';
import { type Truth, unknown } from '../context.ts';
import type { Condition } from './compile-condition.ts';
import { bytesAt, type HeaderBytes, headerBytes, type KnownBits } from './header-bytes.ts';
import { and, not, or } from './truth.ts';

interface Program {
  readonly first: number;
  readonly steps: readonly { readonly op: '&' | '<<' | '>>' | '@'; readonly value: number }[];
  readonly ranges: readonly (readonly [number, number])[];
}

export function u32Test(options: readonly ClauseOption[]): Condition {
  const option = options.find((each) => each.name === '--u32');
  const programs = option && parsePrograms(option.values[0] ?? '');
  if (option === undefined || programs === undefined) return () => unknown('a u32 program that cannot be read');
  return (view) => {
    const header = headerBytes(view);
    const truth = and(programs, (program) => runProgram(program, header));
    return option.negated ? not(truth) : truth;
  };
}

/** `0>>22&0x3C@12&0xFFFFFF00=0x100:0x200,5 && …`. undefined: a syntax we do not know. */
function parsePrograms(text: string): readonly Program[] | undefined {
  const programs = text.split('&&').map((part) => parseProgram(part.replace(/\s+/g, '')));
  return programs.includes(undefined) ? undefined : (programs as readonly Program[]);
}

function parseProgram(text: string): Program | undefined {
  const [left, right] = text.split('=');
  const match = /^(\w+)((?:(?:&|<<|>>|@)\w+)*)$/.exec(left ?? '');
  if (match === null || right === undefined) return undefined;
  const steps = [...(match[2] ?? '').matchAll(/(&|<<|>>|@)(\w+)/g)].map((step) => ({
    op: step[1] as '&' | '<<' | '>>' | '@',
    value: Number(step[2]),
  }));
  const ranges = right.split(',').map((part) => {
    const [from, to] = part.split(':').map(Number);
    return [from ?? Number.NaN, to ?? from ?? Number.NaN] as const;
  });
  const numbers = [Number(match[1]), ...steps.map((step) => step.value), ...ranges.flat()];
  return numbers.some(Number.isNaN) ? undefined : { first: Number(match[1]), steps, ranges };
}

function runProgram(program: Program, header: HeaderBytes): Truth {
  let base = 0;
  let bits: KnownBits | undefined = bytesAt(header, program.first, 4);
  for (const step of program.steps) {
    if (bits === undefined) return false;
    if (step.op !== '@') {
      bits = shifted(bits, step.op, step.value);
      continue;
    }
    if (bits.known !== 0xffffffff) return unknown('an offset inside the packet');
    base += bits.value;
    bits = bytesAt(header, base + step.value, 4);
  }
  if (bits === undefined) return false;
  const value = bits;
  return or(program.ranges, ([from, to]) => inRange(value, from, to));
}

const word = 0xffffffff;

function shifted(bits: KnownBits, op: '&' | '<<' | '>>', value: number): KnownBits {
  switch (op) {
    case '&':
      // Bits that the mask clears are known to be zero.
      return { value: (bits.value & value) >>> 0, known: (bits.known | ~value) >>> 0 };
    case '<<':
      return { value: (bits.value << value) >>> 0, known: ((bits.known << value) | (2 ** value - 1)) >>> 0 };
    case '>>':
      return { value: bits.value >>> value, known: ((bits.known >>> value) | ~(word >>> value)) >>> 0 };
  }
}

/** Certain when all bits are known, or when the known ones alone rule every value of a one-value range out. */
function inRange(bits: KnownBits, from: number, to: number): Truth {
  if (bits.known === word) return bits.value >= from && bits.value <= to;
  const least = (bits.value & bits.known) >>> 0;
  const most = (bits.value | ~bits.known) >>> 0;
  if (most < from || least > to) return false;
  if (from === to && (from & bits.known) >>> 0 !== (bits.value & bits.known) >>> 0) return false;
  return unknown('what the packet carries');
}
