/** Words of an iptables rule → header, matches and target, as written. */
import type { Clause, ClauseOption } from '../../model/statement.ts';
import {
  aliases,
  flagOptions,
  headerOrder,
  implicitOptions,
  pairOptions,
  protocolModules,
  valueIn,
} from './grammar.ts';
import { type Word, wordText } from './words.ts';

interface OpenClause {
  readonly kind: Clause['kind'];
  readonly name: string;
  readonly options: ClauseOption[];
}

interface Reader {
  readonly words: readonly Word[];
  at: number;
  negated: boolean;
  readonly header: OpenClause;
  readonly clauses: OpenClause[];
  /** Values of the option before, to which stray words belong. */
  extra: string[] | undefined;
}

/** A rule that makes no sense yields the reason as text. `words` begin after the chain's name. */
export function parseClauses(words: readonly Word[], from: number): readonly Clause[] | string {
  const header: OpenClause = { kind: 'header', name: '', options: [] };
  const reader: Reader = { words, at: from, negated: false, header, clauses: [], extra: undefined };
  while (reader.at < words.length) {
    const problem = readWord(reader, words[reader.at++]!);
    if (problem !== undefined) return problem;
  }
  if (reader.negated) return '! at the end';
  if (header.options.length > 1)
    header.options.sort((a, b) => headerOrder.indexOf(a.name) - headerOrder.indexOf(b.name));
  return header.options.length === 0 ? reader.clauses : [header, ...reader.clauses];
}

function readWord(reader: Reader, word: Word): string | undefined {
  if (word === '!') {
    reader.negated = true;
    return undefined;
  }
  if (word.charCodeAt(0) !== 45) {
    // Some modules' options take several words: keep them with the option they follow.
    if (reader.extra === undefined) return `stray word ${wordText(word)}`;
    reader.extra.push(wordText(word));
    return undefined;
  }
  const name = aliases[word] ?? word;
  switch (name) {
    case '-m':
    case '-j':
    case '-g':
      return openClause(reader, name);
    case '-c':
      reader.at += 2;
      return undefined;
    case '-4':
    case '-6':
      reader.header.options.push({ name, negated: false, values: [] });
      return undefined;
    default:
      return readOption(reader, name);
  }
}

function openClause(reader: Reader, flag: '-m' | '-j' | '-g'): string | undefined {
  const value = reader.words[reader.at++];
  if (value === undefined) return `${flag} without a name`;
  const text = wordText(value);
  reader.extra = undefined;
  if (flag === '-m') reader.clauses.push({ kind: 'match', name: text === 'icmpv6' ? 'icmp6' : text, options: [] });
  else reader.clauses.push({ kind: flag === '-j' ? 'jump' : 'goto', name: text, options: [] });
  return undefined;
}

function readOption(reader: Reader, name: string): string | undefined {
  const { words, header } = reader;
  const owner = name.length === 2 ? header : ownerOf(name, header, reader.clauses);
  if (owner === undefined || (owner === header && !headerOrder.includes(name)))
    return `option ${name} without a module`;
  const values: string[] = [];
  // Up to 1.4.2 the `!` stood between option and value.
  if (words[reader.at] === '!' && !flagOptions.has(name) && words[reader.at + 1]?.startsWith('-') === false) {
    reader.negated = true;
    reader.at++;
  }
  const count = arity(name, owner.name, words[reader.at]);
  if (reader.at + count > words.length) return `${name} without a value`;
  for (let n = 0; n < count; n++) values.push(wordText(words[reader.at++]!));
  const { negated } = reader;
  owner.options.push(name === '--syn' ? synOption(negated) : { name, negated, values });
  reader.extra = owner === header ? undefined : values;
  reader.negated = false;
  return undefined;
}

const synOption = (negated: boolean): ClauseOption => ({
  name: '--tcp-flags',
  negated,
  values: ['FIN,SYN,RST,ACK', 'SYN'],
});

/** Their value may look like an option: printed bare when it has only letters and dashes. */
const takesAnything: ReadonlySet<string> = new Set([
  '--comment',
  '--log-prefix',
  '--nflog-prefix',
  '-s',
  '-d',
  '-i',
  '-o',
  '-p',
]); // prettier-ignore

function arity(name: string, module: string, next: Word | undefined): number {
  if (name === '-f') return 0;
  if (flagOptions.has(name) && !valueIn[name]?.has(module)) return 0;
  if (pairOptions.has(name)) return 2;
  if (takesAnything.has(name)) return 1;
  // An option that this table does not know may be a flag: what looks like another option is not its value.
  if (next === undefined || next === '!') return 0;
  const first = next.charCodeAt(0) === 45 ? next.charCodeAt(1) : 0;
  return first === 45 || first === 109 || first === 106 || first === 103 ? 0 : 1;
}

/** The module an option belongs to: the last one named, or the protocol's own where that was left out. */
function ownerOf(name: string, header: OpenClause, clauses: OpenClause[]): OpenClause | undefined {
  const last = clauses.at(-1);
  const modules = implicitOptions[name];
  if (modules === undefined || (last !== undefined && modules.includes(last.name))) return last;
  const loaded = clauses.findLast((clause) => clause.kind === 'match' && modules.includes(clause.name));
  if (loaded !== undefined) return loaded;
  const protocol = header.options.find((option) => option.name === '-p')?.values[0] ?? '';
  const module = protocolModules[protocol];
  if (module === undefined || !modules.includes(module)) return last;
  const implicit: OpenClause = { kind: 'match', name: module, options: [] };
  clauses.push(implicit);
  return implicit;
}
