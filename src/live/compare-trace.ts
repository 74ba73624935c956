/** Whether the kernel did what the model said, and in which words to say so. */
import type { ProbeEnd } from '../host/live/live-order.ts';
import type { RuleRef, Trace } from '../trace/trace.ts';
import type { Verdict } from './judge-probe.ts';
import type { Agreement } from './live-account.ts';

export interface Comparison {
  readonly agreement: Agreement;
  readonly why: string;
}

const sameRule = (a: RuleRef, b: RuleRef): boolean =>
  a.family === b.family &&
  a.table === b.table &&
  a.chain === b.chain &&
  a.index === b.index &&
  (a.backend === 'iptables-legacy') === (b.backend === 'iptables-legacy');

const nameOf = (rule: RuleRef): string =>
  rule.index === 0 ? `the policy of ${rule.table} ${rule.chain}` : `${rule.table} ${rule.chain} rule ${rule.index}`;

const agrees = (why: string): Comparison => ({ agreement: 'agrees', why });
const disagrees = (why: string): Comparison => ({ agreement: 'disagrees', why });
const cannotTell = (why: string): Comparison => ({ agreement: 'cannot-tell', why });

const compareDecider = (trace: Trace, verdict: Verdict): Comparison => {
  const predicted = trace.decidedBy?.evidence.rule;
  const seen = verdict.decided?.step.evidence.rule;
  if (predicted !== undefined && seen !== undefined) {
    if (seen.index < 0) return cannotTell(`both say ${verdict.outcome}; the rules have changed since they were read`);
    return sameRule(predicted, seen)
      ? agrees(`the kernel, too, ends it at ${nameOf(seen)}`)
      : disagrees(
          `both say ${verdict.outcome}, but the kernel ends it at ${nameOf(seen)}, the model at ${nameOf(predicted)}`,
        );
  }
  if (seen !== undefined)
    return disagrees(
      `both say ${verdict.outcome}, but the kernel ends it at ${nameOf(seen)}, the model without a rule`,
    );
  if (predicted !== undefined)
    return verdict.proof === 'silence' || verdict.words === 'a rule drops it' || verdict.decided === undefined
      ? cannotTell(`both say ${verdict.outcome}; which rule the kernel used was not seen`)
      : disagrees(
          `both say ${verdict.outcome}, but in the kernel ${verdict.words}, in the model by ${nameOf(predicted)}`,
        );
  return agrees(`the kernel, too, says ${verdict.outcome}: ${verdict.words}`);
};

/** The proxy takes every connection; what its own one comes to shows only in how long it keeps ours. */
export const throughProxy = (trace: Trace): boolean =>
  [...trace.request.hops, ...(trace.reply?.hops ?? [])].some((hop) =>
    hop.steps.some((step) => step.text.includes('userland proxy')),
  );

const compareProxied = (trace: Trace, end: ProbeEnd['end']): Comparison | undefined => {
  if (!throughProxy(trace)) return undefined;
  if (trace.outcome === 'delivered')
    return end === 'closed' ? cannotTell('the userland proxy took the connection and let it go at once') : undefined;
  return cannotTell('the userland proxy takes the connection in any case; what is behind it this probe does not show');
};

const neverArrives = ['dropped', 'no-route', 'no-neighbour', 'loop', 'rejected', 'no-listener'];

export const compareTrace = (trace: Trace, verdict: Verdict, end: ProbeEnd['end']): Comparison => {
  if (verdict.outcome === 'unknown') return cannotTell(verdict.words);
  if (trace.outcome === 'unknown')
    return cannotTell(`the model does not know; the kernel says ${verdict.outcome}: ${verdict.words}`);
  const proxied = verdict.outcome === 'delivered' ? compareProxied(trace, end) : undefined;
  if (proxied !== undefined) return proxied;
  if (verdict.outcome === 'delivered' && verdict.proof === 'silence' && trace.outcome !== 'delivered')
    return trace.request.outcome === 'delivered'
      ? cannotTell(`${verdict.words}: the way back, where the model loses it, was not tried`)
      : disagrees(`the model says ${trace.outcome}; ${verdict.words}`);
  if (trace.outcome === verdict.outcome)
    return verdict.outcome === 'delivered'
      ? agrees(`the kernel, too, delivers it: ${verdict.words}`)
      : compareDecider(trace, verdict);
  if (verdict.proof === 'silence' && neverArrives.includes(trace.outcome))
    return cannotTell(`the model says ${trace.outcome}; ${verdict.words}`);
  return disagrees(`the model says ${trace.outcome}, the kernel ${verdict.outcome}: ${verdict.words}`);
};
