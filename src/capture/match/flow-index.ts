/** Which tuples are the same connection: learned as conntrack does, from packets recognised on both sides of a translation. */
import type { Headers } from '../decode/read-headers.ts';
import { tupleKey } from './fingerprint.ts';
import type { Row } from './row.ts';

/** One direction of a connection, as far as it was seen. */
export interface FlowSide {
  /** The most points one of its packets was seen at, in order. */
  path: readonly number[];
  /** Rows with TCP payload, newest last, for those that are cut anew on their way. */
  readonly segments: Row[];
  /** Highest sequence number after such a row; -1: none yet. */
  highest: number;
  /** Longest IP packet that went on from a point, by point. */
  readonly passed: Map<number, number>;
  lastSyn: Row | undefined;
}

export interface Flow {
  readonly id: number;
  readonly sides: readonly [FlowSide, FlowSide];
}

/** A flow and which of its two directions. */
export interface FlowRef {
  readonly flow: Flow;
  readonly side: 0 | 1;
}

const newSide = (): FlowSide => ({ path: [], segments: [], highest: -1, passed: new Map(), lastSyn: undefined });

const tuplesKept = 40_000;

export interface FlowIndex {
  /** Of the packet as it stands; made when it is new. */
  find(headers: Headers, bytes: Uint8Array): FlowRef;
  /** Undefined where this tuple was not seen before. */
  peek(headers: Headers, bytes: Uint8Array): FlowRef | undefined;
  /** This tuple turned out to be another's translation. */
  join(headers: Headers, bytes: Uint8Array, known: FlowRef): void;
}

export const createFlowIndex = (): FlowIndex => {
  const tuples = new Map<number, FlowRef>();
  let last = 0;
  const set = (headers: Headers, bytes: Uint8Array, { flow, side }: FlowRef): void => {
    tuples.set(tupleKey(headers, bytes), { flow, side });
    const back = tupleKey(headers, bytes, true);
    // Between equal ends both directions have one key; the first stays.
    if (tuples.get(back)?.flow !== flow) tuples.set(back, { flow, side: side === 0 ? 1 : 0 });
    // A Map yields its oldest keys first.
    if (tuples.size > tuplesKept)
      for (const key of tuples.keys()) {
        tuples.delete(key);
        if (tuples.size <= tuplesKept * 0.9) break;
      }
  };
  const peek = (headers: Headers, bytes: Uint8Array): FlowRef | undefined => tuples.get(tupleKey(headers, bytes));
  return {
    peek,
    find: (headers, bytes) => {
      const known = peek(headers, bytes);
      if (known !== undefined) return known;
      const made: FlowRef = { flow: { id: ++last, sides: [newSide(), newSide()] }, side: 0 };
      set(headers, bytes, made);
      return made;
    },
    join: set,
  };
};
