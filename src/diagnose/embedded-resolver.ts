/** The engine's resolver: it listens inside each container with a network of its own name, and rules in its netns lead questions there. */
import type { NetnsNode } from '../graph/graph.ts';
import type { HostView } from './host-view.ts';

/** Whether a rule of this netns leads questions for 127.0.0.11 on (moby libnetwork/resolver_unix.go); undefined where its rules were not read. */
export function leadsToResolver(view: HostView, netns: NetnsNode): boolean | undefined {
  const ruleset = view.ruleset(netns);
  if (ruleset === undefined || netns.facts.ruleset === undefined) return undefined;
  return ruleset.tables.some((table) =>
    [...table.chains.values()].some((chain) =>
      chain.rules.some((rule) => rule.text.includes('127.0.0.11') && /DNAT|dnat/.test(rule.text)),
    ),
  );
}
