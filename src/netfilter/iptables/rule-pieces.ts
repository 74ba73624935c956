/** An iptables rule cut into pieces that stand alone: each header option, each match, the target. Large rulesets repeat them. */
import type { Clause, Statement } from '../../model/statement.ts';
import { implicitOptions } from './grammar.ts';
import type { RuleHome } from './lazy-rule.ts';
import { parseClauses } from './parse-clauses.ts';
import { statementsOf } from './statements-of.ts';
import { splitWords } from './words.ts';

/** Where the pieces begin: the space after the chain's name. */
export function piecesStart(text: string): number {
  const end = text[3] === '"' ? -1 : text.indexOf(' ', 3);
  return end < 0 ? text.length : end;
}

/** End of the piece that begins at `from` (with its space). */
export function pieceEnd(text: string, from: number): number {
  const option = text.charCodeAt(from + 1) === 33 ? from + 3 : from + 1;
  const isHeader = text.charCodeAt(option) === 45 && headerLetters.has(text.charCodeAt(option + 1));
  return isHeader ? wordEnd(text, wordEnd(text, option) + 1) : clauseEnd(text, from + 1);
}

/** s, d, i, o, p. */
const headerLetters: ReadonlySet<number> = new Set([115, 100, 105, 111, 112]);

function wordEnd(text: string, from: number): number {
  const space = text.indexOf(' ', from);
  return space < 0 ? text.length : space;
}

/** The space before the next `-m`, `-j` or `-g`. */
function clauseEnd(text: string, from: number): number {
  for (let at = text.indexOf(' -', from); at >= 0; at = text.indexOf(' -', at + 2)) {
    const code = text.charCodeAt(at + 2);
    if ((code === 109 || code === 106 || code === 103) && text.charCodeAt(at + 3) === 32) return at;
  }
  return text.length;
}

/** undefined: the piece makes no sense alone, so that the whole rule must be read. */
export function pieceStatements(piece: string, home: RuleHome): readonly Statement[] | undefined {
  const words = splitWords(piece.trim());
  const clauses = words === undefined ? 'a quote is not closed' : parseClauses(words, 0);
  if (typeof clauses === 'string' || clauses.length !== 1 || !isWhole(clauses[0]!)) return undefined;
  return statementsOf(clauses, home.family, home.isChain);
}

/** An option of a protocol's module (`--dport`) behind another module belongs to a clause before this piece. */
const isWhole = (clause: Clause): boolean =>
  clause.options.every((option) => implicitOptions[option.name]?.includes(clause.name) ?? true);
