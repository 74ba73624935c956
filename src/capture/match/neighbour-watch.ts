/** Who asked for a neighbour and got no answer, as the captured ARP says. */
import type { Headers } from '../decode/read-headers.ts';

interface Asked {
  readonly point: number;
  readonly address: string;
  times: number;
  last: number;
  answered: boolean;
}

export interface NeighbourWatch {
  note(point: number, headers: Headers, time: number): void;
  /** Addresses asked for at that point in that time, without an answer so far. */
  unanswered(point: number, from: number, to: number): readonly { readonly address: string; readonly times: number }[];
}

const kept = 2000;

/** Questions older than this are another story. */
const fresh = 10_000_000_000;

export const createNeighbourWatch = (): NeighbourWatch => {
  const asked = new Map<string, Asked>();
  const request = (point: number, address: string, time: number): void => {
    const key = `${point} ${address}`;
    const known = asked.get(key);
    if (known !== undefined && time - known.last < fresh) {
      known.times += known.answered ? 0 : 1;
      known.last = time;
      return;
    }
    asked.delete(key);
    asked.set(key, { point, address, times: 1, last: time, answered: false });
    const oldest = asked.keys().next().value;
    if (asked.size > kept && oldest !== undefined) asked.delete(oldest);
  };
  return {
    note: (point, { etherType, proto, src, dst }, time) => {
      if (etherType !== 0x0806) return;
      if (proto === 1 && src !== dst) request(point, dst, time);
      const answered = asked.get(`${point} ${src}`);
      // A request tells who the asker is as well.
      if (answered !== undefined) answered.answered = true;
    },
    unanswered: (point, from, to) =>
      [...asked.values()].filter((one) => one.point === point && !one.answered && one.last >= from && one.last <= to),
  };
};
