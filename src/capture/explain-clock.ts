/** What times of packets from another machine are worth beside ours, in words. */
import type { ClockDifference } from '../host/capture/capture-order.ts';

const ms = (value: number): string => (value >= 1000 ? `${(value / 1000).toFixed(3)} s` : `${value.toFixed(1)} ms`);

export const explainClock = ({ aheadMs, withinMs, moved }: ClockDifference): string =>
  moved
    ? `its clock was ${ms(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of who captured: times were moved by that, right to ${ms(withinMs)}`
    : `times are its own clock's, which agreed with that of who captured to ${ms(Math.abs(aheadMs) + withinMs)}`;
