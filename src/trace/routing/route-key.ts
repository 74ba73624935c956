/** What a route look-up is made with, and what it answers. */
import type { Proto } from '../../model/packet.ts';
import type { PolicyRule } from '../../model/route.ts';
import type { CompiledRoute, RouteHop } from './compile-routes.ts';

/** The kernel's struct flowi4/flowi6. */
export interface RouteKey {
  readonly family: 4 | 6;
  readonly dst: string;
  /** Absent: not chosen yet (0.0.0.0). */
  readonly src?: string;
  /** `lo` for packets made here (LOOPBACK_IFINDEX). */
  readonly iif: string;
  /** A socket bound to a link, or the second look-up of rp_filter. */
  readonly oif?: string;
  readonly mark: number;
  readonly tos: number;
  readonly proto?: Proto;
  readonly sport?: number;
  readonly dport?: number;
  /** FIB_LOOKUP_IGNORE_LINKSTATE: routes over links without carrier count even where a sysctl hides them. */
  readonly ignoreLinkState?: boolean;
}

export type RouteAnswer =
  | {
      readonly kind: 'found';
      /** unicast, local, broadcast, multicast, anycast. */
      readonly type: string;
      readonly route: CompiledRoute;
      /** Every next hop that may be taken: more than one for a multipath route. */
      readonly hops: readonly RouteHop[];
      readonly rule: PolicyRule;
    }
  /** blackhole, unreachable, prohibit: by a route, or by a policy rule itself. */
  | { readonly kind: 'refused'; readonly type: string; readonly route?: CompiledRoute; readonly rule: PolicyRule }
  | { readonly kind: 'none' }
  | { readonly kind: 'unknown'; readonly reason: string };
