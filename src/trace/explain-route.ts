/** Sentences and evidence about routes, and what a refusal by a route means for the packet. */
import { formatPolicyRule, formatRoute } from './routing/format-route.ts';
import type { RouteAnswer } from './routing/route-key.ts';
import type { Found } from './routing/route-output.ts';
import type { Outcome, Step } from './trace.ts';

const defaultPriorities: ReadonlySet<number> = new Set([0, 32766, 32767]);

/** The route line, and the policy rule that led to it when it is none of the three every netns has. */
export const routeText = (found: Found, destination: string): string => {
  const line = formatRoute(found.route.facts);
  const rule = defaultPriorities.has(found.rule.priority) ? '' : ` (policy rule ${formatPolicyRule(found.rule)})`;
  return found.type === 'local' ? `${destination} is local here: ${line}${rule}` : `${line}${rule}`;
};

export const routeEvidence = (found: Found): Step['evidence'] => ({
  route: formatRoute(found.route.facts),
  ...(defaultPriorities.has(found.rule.priority) ? {} : { fact: `policy rule ${formatPolicyRule(found.rule)}` }),
});

export const refusalEvidence = (answer: RouteAnswer | undefined): Step['evidence'] => {
  if (answer?.kind === 'refused' && answer.route) return { route: formatRoute(answer.route.facts) };
  if (answer?.kind === 'refused') return { fact: `policy rule ${formatPolicyRule(answer.rule)}` };
  return {};
};

/** unreachable and no route at all tell the sender so; prohibit tells it that it may not; blackhole says nothing. */
export const refusalOutcome = (type: string): Outcome =>
  type === 'blackhole' ? 'dropped' : type === 'prohibit' ? 'rejected' : 'no-route';

export const explainRefusal = (
  answer: RouteAnswer | undefined,
  error: string,
): { readonly outcome: Outcome; readonly evidence: Step['evidence'] } => ({
  outcome: answer?.kind === 'refused' ? refusalOutcome(answer.type) : error === 'EINVAL' ? 'dropped' : 'no-route',
  evidence: refusalEvidence(answer),
});
