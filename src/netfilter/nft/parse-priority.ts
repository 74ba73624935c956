/** Priorities of base chains: nft's names and `name ± n` → the kernel's numbers (nft(8), "standard priority names"). */
import type { RulesetFamily } from '../../model/ruleset.ts';

const inet: Readonly<Record<string, number>> = {
  raw: -300,
  mangle: -150,
  dstnat: -100,
  filter: 0,
  security: 50,
  srcnat: 100,
};
const bridge: Readonly<Record<string, number>> = { dstnat: -300, filter: -200, out: 100, srcnat: 300 };

/** undefined: not a priority. */
export function parsePriority(value: unknown, family: RulesetFamily): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string') return undefined;
  const match = /^\s*(?:([a-z]+)\s*(?:([+-])\s*(\d+))?|(-?\d+))\s*$/.exec(value);
  if (match === null) return undefined;
  if (match[4] !== undefined) return Number(match[4]);
  const names = family === 'bridge' ? bridge : inet;
  const name = match[1] ?? '';
  const base = Object.hasOwn(names, name) ? names[name] : undefined;
  if (base === undefined) return undefined;
  const offset = Number(match[3] ?? 0);
  return match[2] === '-' ? base - offset : base + offset;
}
