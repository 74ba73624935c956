/** Echoes from a netns, by the machine's own ping. */
import type { MeasuredWay } from './measured-way.ts';
import { type PingReport, parsePing } from './parse-ping.ts';

export type Pinged = PingReport & { readonly exitCode: number };

/** `words`: options that bound it (count, size). */
export const sendPings = async ({ host, from, packet }: MeasuredWay, words: readonly string[]): Promise<Pinged> => {
  const family = packet.family === 6 ? '-6' : '-4';
  const command = { argv: ['ping', family, '-n', ...words, packet.dst], netns: from };
  const { stdout, stderr, exitCode } = await host.change(command);
  return { ...parsePing(stdout, stderr), exitCode };
};
