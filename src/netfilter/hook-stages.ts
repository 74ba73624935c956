/** What a packet meets at one hook, in the kernel's order: filter chains, conntrack, nat chains. */
import type { Hook, Ruleset } from '../model/ruleset.ts';
import type { HookedChain } from './hook-result.ts';

export type HookStage =
  /** Base chains of type filter and route, all on one side of conntrack and NAT. Evaluate them with evaluateChains. */
  | { readonly kind: 'chains'; readonly chains: readonly HookedChain[] }
  /** Conntrack looks the packet up (prerouting, output); nothing to evaluate. Always listed; needsConntrack says whether it is on. */
  | { readonly kind: 'conntrack' }
  /** Only for the first packet of a connection that has no mapping of this kind; the first chain that sets one wins. */
  | { readonly kind: 'nat'; readonly manip: 'dst' | 'src'; readonly chains: readonly HookedChain[] };

export interface HookStages {
  readonly stages: readonly HookStage[];
  /** Chains whose order cannot be known from the texts (legacy and nft at equal priority), one line each. Never changes a filter verdict. */
  readonly ambiguous: readonly string[];
}

/** Base chains of a hook for packets of one family (inet tables included for ip and ip6). */
export function hookStages(_ruleset: Ruleset, _family: 'ip' | 'ip6' | 'bridge', _hook: Hook): HookStages {
  return { stages: [], ambiguous: [] };
}

/** Does any rule of this family keep conntrack switched on? Without one NAT chains never run (nf_ct_netns_get). */
export function needsConntrack(_ruleset: Ruleset, _family: 'ip' | 'ip6' | 'bridge'): boolean {
  return false;
}
