/** The largest packet that gets through: asked for with echoes that nobody may fragment, halving what is left. */
import type { PingReport } from './parse-ping.ts';

export interface PathMtu {
  /** Bytes of the largest IP packet that was answered. */
  readonly mtu: number;
  /** Of the sender's own link: more was not tried. */
  readonly limit: number;
  /** Larger packets vanish without a word: nobody tells the sender to make them smaller. */
  readonly blackHole: boolean;
  /** Who said that a packet was too large. */
  readonly toldBy?: string;
}

/** What every IPv4 host must take (RFC 791), what every IPv6 link must (RFC 8200). */
const least = { 4: 576, 6: 1280 } as const;
const mostRounds = 12;

/** `ask` sends one unfragmentable echo whose IP packet has that many bytes. undefined: not even the smallest was answered. */
export const findPathMtu = async (
  family: 4 | 6,
  limit: number,
  ask: (bytes: number) => Promise<PingReport>,
): Promise<PathMtu | undefined> => {
  const whole = await ask(limit);
  if (whole.received > 0) return { mtu: limit, limit, blackHole: false };
  let good: number = least[family];
  if (limit <= good || (await ask(good)).received === 0) return undefined;
  let bad = limit;
  let told = whole.mtu;
  let toldBy = whole.mtu === undefined ? undefined : whole.refusal;
  for (let round = 0; bad - good > 1 && round < mostRounds; round++) {
    const guess = told !== undefined && told > good && told < bad ? told : Math.floor((good + bad) / 2);
    told = undefined;
    const answer = await ask(guess);
    if (answer.received > 0) {
      good = guess;
      // Whoever named this size named the limit: only the next one is left to try.
      if (guess + 1 < bad && (await ask(guess + 1)).received === 0) bad = guess + 1;
    } else {
      bad = guess;
      if (answer.mtu !== undefined) {
        told = answer.mtu;
        toldBy ??= answer.refusal;
      }
    }
  }
  return { mtu: good, limit, blackHole: toldBy === undefined, ...(toldBy === undefined ? {} : { toldBy }) };
};
