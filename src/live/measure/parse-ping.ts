/** What ping printed: iputils' and busybox' words alike. */

export interface PingReport {
  readonly sent: number;
  readonly received: number;
  /** Round trips in milliseconds, in the order of the answers. */
  readonly times: readonly number[];
  /** From `Frag needed … (mtu = N)` and `message too long, mtu: N`. */
  readonly mtu?: number;
  /** What a router or the own kernel said, or ping itself. */
  readonly refusal?: string;
}

const mtuWords = /(?:mtu\s*[=:]\s*|mtu )(\d+)/i;
const refusalWords =
  /unreachable|prohibited|frag needed|too big|exceeded|too long|not permitted|bad address|unknown host|Network is|invalid|filtered/i;

export const parsePing = (stdout: string, stderr = ''): PingReport => {
  const lines = `${stdout}\n${stderr}`.split('\n').map((line) => line.trim());
  const [, sent = '0', received = '0'] = /(\d+) packets transmitted, (\d+) (?:packets )?received/.exec(stdout) ?? [];
  const times = [...stdout.matchAll(/\btime[=<]([\d.]+) ?ms/g)].map(([, time]) => Number(time));
  const refusal = lines.find((line) => refusalWords.test(line) && !line.includes('packets transmitted'));
  const mtu = mtuWords.exec(refusal ?? '')?.[1];
  return {
    sent: Number(sent),
    received: Number(received),
    times,
    ...(mtu === undefined ? {} : { mtu: Number(mtu) }),
    ...(refusal === undefined ? {} : { refusal: refusal.replace(/^From (\S+) icmp_seq=\d+ /, '$1: ') }),
  };
};

export interface RoundTrips {
  readonly minMs: number;
  readonly medianMs: number;
  readonly maxMs: number;
}

export const roundTrips = (times: readonly number[]): RoundTrips | undefined => {
  if (times.length === 0) return undefined;
  const sorted = times.toSorted((a, b) => a - b);
  return { minMs: sorted[0]!, medianMs: sorted[Math.floor(sorted.length / 2)]!, maxMs: sorted.at(-1)! };
};
