/** An iptables rule that is taken apart when somebody first asks: of a large host's rules most are never looked at. */
import type { Counters, Rule } from '../../model/ruleset.ts';
import type { Clause, Statement } from '../../model/statement.ts';
import { parseClauses } from './parse-clauses.ts';
import { statementsOf } from './statements-of.ts';
import { splitWords } from './words.ts';

/** What all rules of a table share. */
export interface RuleHome {
  readonly family: 'ip' | 'ip6';
  readonly isChain: (name: string) => boolean;
}

interface Lazy {
  readonly text: string;
  readonly home: RuleHome;
  parsedClauses: readonly Clause[] | undefined;
  parsedStatements: readonly Statement[] | undefined;
}

const none: readonly never[] = [];

/** Getters on a shared prototype: getters of each rule's own cost more than parsing it. */
const prototype = {
  get clauses(): readonly Clause[] | undefined {
    const rule = this as unknown as Lazy;
    if (rule.parsedClauses === undefined) {
      const clauses = readClauses(rule.text);
      rule.parsedClauses = typeof clauses === 'string' ? none : clauses;
    }
    return rule.parsedClauses;
  },
  get comments(): readonly string[] {
    const rule = this as unknown as Lazy & { readonly clauses: readonly Clause[] };
    return rule.text.includes('--comment') ? commentsOf(rule.clauses) : none;
  },
  get statements(): readonly Statement[] {
    const rule = this as unknown as Lazy;
    rule.parsedStatements ??= readStatements(rule);
    return rule.parsedStatements;
  },
};

export function lazyRule(index: number, text: string, counters: Counters | undefined, home: RuleHome): Rule {
  const rule = {
    __proto__: prototype,
    index,
    text,
    counters,
    home,
    parsedClauses: undefined,
    parsedStatements: undefined,
  };
  return rule as unknown as Rule;
}

/** Made by lazyRule, and its text as it was. */
export const isLazyRule = (rule: Rule): rule is Rule & { readonly home: RuleHome } =>
  Object.getPrototypeOf(rule) === prototype;

/** Everything after `-A CHAIN`; a text when it makes no sense. */
export function readClauses(text: string): readonly Clause[] | string {
  const words = splitWords(text);
  return words === undefined ? 'a quote is not closed' : parseClauses(words, 2);
}

/** A rule that cannot be read is still there for the kernel: what it does is unknown, not nothing. */
function readStatements({ text, home }: Lazy): readonly Statement[] {
  const clauses = readClauses(text);
  if (typeof clauses === 'string')
    return [{ kind: 'unknown-effect', name: `a rule that cannot be read (${clauses})`, json: text }];
  return statementsOf(clauses, home.family, home.isChain);
}

const commentsOf = (clauses: readonly Clause[]): readonly string[] =>
  clauses
    .filter((clause) => clause.kind === 'match' && clause.name === 'comment')
    .map((clause) => clause.options[0]?.values[0] ?? '');

const value = '(?:"(?:[^"\\\\]|\\\\.)*"|[^\\s"]+)';
const header = `(?: !)? -[sdiop](?: !)? ${value}|(?: !)? -f`;
const option = '(?: !)? --[a-z0-9-]+(?: (?:"(?:[^"\\\\]|\\\\.)*"|[^\\s"!-][^\\s"]*))*';
const wellFormed = new RegExp(`^-A ${value}(?:${header})*(?: -[mjg] ${value}(?:${option})*)*$`);

/** Does the line have the shape of what iptables-save prints? Others are read at once, to say what is wrong with them. */
export const isWellFormed = (line: string): boolean => wellFormed.test(line);
