/** IFLA_STATS64 → the counters `ip -s` prints. */
import type { LinkCounters } from '../../../model/link.ts';
import { u64At } from '../wire/attributes.ts';

/** struct rtnl_link_stats64: consecutive u64 counters. */
const STATS = {
  rxPackets: 0,
  txPackets: 1,
  rxBytes: 2,
  txBytes: 3,
  rxErrors: 4,
  txErrors: 5,
  rxDropped: 6,
  txDropped: 7,
  multicast: 8,
  collisions: 9,
  rxOver: 11,
  txCarrier: 17,
  rxCompressed: 21,
  txCompressed: 22,
} as const;

export const decodeStats = (bytes: Uint8Array): { rx: LinkCounters; tx: LinkCounters } | undefined => {
  if (bytes.length < 23 * 8) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const at = (index: number): number => u64At(view, index * 8);
  const rx: LinkCounters = {
    bytes: at(STATS.rxBytes),
    packets: at(STATS.rxPackets),
    errors: at(STATS.rxErrors),
    dropped: at(STATS.rxDropped),
    over_errors: at(STATS.rxOver),
    multicast: at(STATS.multicast),
  };
  const tx: LinkCounters = {
    bytes: at(STATS.txBytes),
    packets: at(STATS.txPackets),
    errors: at(STATS.txErrors),
    dropped: at(STATS.txDropped),
    carrier_errors: at(STATS.txCarrier),
    collisions: at(STATS.collisions),
  };
  const [rxCompressed, txCompressed] = [at(STATS.rxCompressed), at(STATS.txCompressed)];
  if (rxCompressed === 0 && txCompressed === 0) return { rx, tx };
  return { rx: { ...rx, compressed: rxCompressed }, tx: { ...tx, compressed: txCompressed } };
};
