/** What `iperf3 -J` printed at the client. */
import type { Throughput } from './throughput.ts';

interface IperfJson {
  readonly error?: unknown;
  readonly end?: {
    readonly sum_sent?: { readonly retransmits?: unknown };
    readonly sum_received?: { readonly bits_per_second?: unknown };
  };
}

export const parseIperf = (text: string, seconds: number): Throughput | { readonly error: string } => {
  let json: IperfJson;
  try {
    json = JSON.parse(text);
  } catch {
    return { error: `iperf3 printed no JSON: ${text.slice(0, 80)}` };
  }
  if (typeof json.error === 'string') return { error: json.error };
  const rate = json.end?.sum_received?.bits_per_second;
  if (typeof rate !== 'number') return { error: 'iperf3 told no rate' };
  const retransmits = json.end?.sum_sent?.retransmits;
  return { bitsPerSecond: rate, seconds, ...(typeof retransmits === 'number' ? { retransmits } : {}) };
};
