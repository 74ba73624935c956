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
import type { Word } from './words.ts';

interface OpenClause {
  readonly kind: Clause['kind'];
  readonly name: string;
  readonly options: ClauseOption[];
}

/** A rule that makes no sense yields the reason as text. `words` begin after the chain's name. */
export function parseClauses(words: readonly Word[], from: number): readonly Clause[] | string {
  const header: OpenClause = { kind: 'header', name: '', options: [] };
  const clauses: OpenClause[] = [];
  let at = from;
  let negated = false;
  let extra: string[] | undefined;
  while (at < words.length) {
    const word = words[at]!;
    at++;
    if (word.text === '!' && !word.quoted) {
      negated = true;
      continue;
    }
    if (word.quoted || word.text.charCodeAt(0) !== 45) {
      // Some modules' options take several words (unknown here): keep them with the option they follow.
      if (extra === undefined) return `stray word ${word.text}`;
      extra.push(word.text);
      continue;
    }
    const name = aliases[word.text] ?? word.text;
    if (name === '-m' || name === '-j' || name === '-g') {
      const value = words[at++];
      if (value === undefined) return `${name} without a name`;
      const kind = name === '-m' ? 'match' : name === '-j' ? 'jump' : 'goto';
      extra = undefined;
      clauses.push({ kind, name: name === '-m' ? moduleName(value.text) : value.text, options: [] });
      continue;
    }
    if (name === '-c') {
      at += 2;
      continue;
    }
    if (name === '-4' || name === '-6' || name === '--ipv4' || name === '--ipv6') {
      header.options.push({ name: name === '-4' || name === '--ipv4' ? '-4' : '-6', negated: false, values: [] });
      continue;
    }
    const owner = headerOrder.includes(name) ? header : ownerOf(name, header, clauses);
    if (owner === undefined) return `option ${name} without a module`;
    // Up to 1.4.2 the `!` stood between option and value.
    if (words[at]?.text === '!' && !words[at]!.quoted && !flagOptions.has(name)) {
      negated = true;
      at++;
    }
    const count = arity(name, owner, words, at);
    if (at + count > words.length) return `${name} without a value`;
    const values: string[] = [];
    for (let n = 0; n < count; n++) values.push(words[at++]!.text);
    owner.options.push(name === '--syn' ? synOption(negated) : { name, negated, values });
    extra = owner === header || words[at] === undefined ? undefined : values;
    negated = false;
  }
  if (negated) return '! at the end';
  if (header.options.length > 1)
    header.options.sort((a, b) => headerOrder.indexOf(a.name) - headerOrder.indexOf(b.name));
  return header.options.length === 0 ? clauses : [header, ...clauses];
}

const moduleName = (name: string): string => (name === 'icmpv6' ? 'icmp6' : name);

const synOption = (negated: boolean): ClauseOption => ({
  name: '--tcp-flags',
  negated,
  values: ['FIN,SYN,RST,ACK', 'SYN'],
});

function arity(name: string, owner: OpenClause, words: readonly Word[], at: number): number {
  if (name === '-f') return 0;
  if (name === '--chunk-types') return 2;
  if (flagOptions.has(name) && !valueIn[name]?.has(owner.name)) return 0;
  if (pairOptions.has(name)) return 2;
  const next = words[at];
  // An option that this table does not know may be a flag: what looks like another option is not its value.
  if (next === undefined || (!next.quoted && (/^--[a-z]|^-[mjg]$/.test(next.text) || next.text === '!')))
    return takesAnything.has(name) ? 1 : 0;
  return 1;
}

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
]);

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
