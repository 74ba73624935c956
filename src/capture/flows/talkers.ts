/** What each address sent and received; those silent longest go first when there are too many. */
import { addToRate, newRate, type RateSum, rateAt } from './decaying-rate.ts';
import type { Talker } from './flow-entry.ts';

interface Sums {
  sentPackets: number;
  sentBytes: number;
  receivedPackets: number;
  receivedBytes: number;
  flows: number;
  readonly rate: RateSum;
}

export interface Talkers {
  add(src: string, dst: string, bytes: number, now: number, isNewFlow: boolean): void;
  list(now: number): readonly Talker[];
}

export const createTalkers = (limit: number): Talkers => {
  const all = new Map<string, Sums>();
  const touch = (address: string, bytes: number, now: number, isNewFlow: boolean): Sums => {
    const sums = all.get(address) ?? {
      sentPackets: 0,
      sentBytes: 0,
      receivedPackets: 0,
      receivedBytes: 0,
      flows: 0,
      rate: newRate(now),
    };
    all.delete(address);
    all.set(address, sums);
    if (isNewFlow) sums.flows++;
    addToRate(sums.rate, bytes, now);
    const oldest = all.keys().next().value;
    if (all.size > limit && oldest !== undefined) all.delete(oldest);
    return sums;
  };
  return {
    add: (src, dst, bytes, now, isNewFlow) => {
      const sender = touch(src, bytes, now, isNewFlow);
      sender.sentPackets++;
      sender.sentBytes += bytes;
      const receiver = touch(dst, bytes, now, isNewFlow);
      receiver.receivedPackets++;
      receiver.receivedBytes += bytes;
    },
    list: (now) =>
      [...all].map(([address, sums]) => ({
        address,
        sent: { packets: sums.sentPackets, bytes: sums.sentBytes },
        received: { packets: sums.receivedPackets, bytes: sums.receivedBytes },
        flows: sums.flows,
        rate: rateAt(sums.rate, now),
      })),
  };
};
