/** A rule of `nft -j` that is taken apart when somebody first asks: of a large host's rules most are never looked at. */
import type { Counters, Rule } from '../../model/ruleset.ts';
import type { Statement } from '../../model/statement.ts';
import { asNumber, isObject } from './json.ts';
import { parseStatement } from './parse-statement.ts';
import { printRule } from './print-rule.ts';

interface Lazy {
  readonly expressions: readonly unknown[];
  readonly comments: readonly string[];
  parsedStatements: readonly Statement[] | undefined;
  printed: string | undefined;
}

/** Getters on a shared prototype: getters of each rule's own cost more than parsing it. */
const prototype = {
  get statements(): readonly Statement[] {
    const rule = this as unknown as Lazy;
    rule.parsedStatements ??= rule.expressions.map(parseStatement);
    return rule.parsedStatements;
  },
  get text(): string {
    const rule = this as unknown as Lazy & { readonly statements: readonly Statement[] };
    rule.printed ??= printRule(rule.statements, rule.comments[0]);
    return rule.printed;
  },
  get counters(): Counters | undefined {
    for (const each of (this as unknown as Lazy).expressions) {
      const counter = isObject(each) ? each['counter'] : undefined;
      if (isObject(counter))
        return { packets: asNumber(counter['packets']) ?? 0, bytes: asNumber(counter['bytes']) ?? 0 };
    }
    return undefined;
  },
};

const none: readonly string[] = [];

export function lazyNftRule(
  index: number,
  expressions: readonly unknown[],
  handle: number | undefined,
  comment: string | undefined,
): Rule {
  const rule = {
    __proto__: prototype,
    index,
    handle,
    comments: comment === undefined ? none : [comment],
    expressions,
    parsedStatements: undefined,
    printed: undefined,
  };
  return rule as unknown as Rule;
}
