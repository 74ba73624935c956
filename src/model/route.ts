/** Routes, policy rules and neighbours as `ip -j -d … show` prints them. */

/** In the order of the kernel's numbers (RTN_* of linux/rtnetlink.h, from 0), in iproute2's words. */
export const routeTypes: readonly string[] = [
  'none',
  'unicast',
  'local',
  'broadcast',
  'anycast',
  'multicast',
  'blackhole',
  'unreachable',
  'prohibit',
  'throw',
  'nat',
  'xresolve',
];

export interface NextHop {
  readonly gateway?: string;
  /** A gateway of the other family (`via inet6 …`). */
  readonly via?: { readonly family: string; readonly host: string };
  readonly dev?: string;
  readonly weight?: number;
  readonly flags: readonly string[];
}

export interface Route {
  /** One of `routeTypes`; a number where it is none of them. */
  readonly type: string;
  /** `default`, an address, or `prefix/len`. */
  readonly dst: string;
  readonly gateway?: string;
  readonly via?: { readonly family: string; readonly host: string };
  readonly dev?: string;
  /** Table name or number as text: `main`, `local`, `default`, `100`. */
  readonly table: string;
  readonly protocol: string;
  readonly scope: string;
  readonly prefsrc?: string;
  readonly metric?: number;
  readonly tos?: string;
  readonly src?: string;
  readonly nexthops?: readonly NextHop[];
  readonly metrics?: readonly Readonly<Record<string, number>>[];
  /** `onlink`, `linkdown`, `dead`, `pervasive`, … */
  readonly flags: readonly string[];
  readonly pref?: string;
  readonly [other: string]: unknown;
}

/** A policy rule, from `ip -j -d rule show` (both families; `family` is ours to tell them apart). */
export interface PolicyRule {
  readonly family: 'inet' | 'inet6';
  readonly priority: number;
  /** `all` or an address. */
  readonly src: string;
  readonly srclen?: number;
  readonly dst?: string;
  readonly dstlen?: number;
  readonly iif?: string;
  readonly oif?: string;
  readonly fwmark?: string;
  readonly fwmask?: string;
  readonly table?: string;
  /** Present when the rule does not look up a table: `blackhole`, `unreachable`, `prohibit`, `goto`, `nop`. */
  readonly action?: string;
  readonly goto?: number;
  readonly not?: null;
  readonly [other: string]: unknown;
}

export interface Neighbour {
  readonly dst: string;
  readonly dev: string;
  readonly lladdr?: string;
  /** REACHABLE, STALE, DELAY, PROBE, FAILED, INCOMPLETE, PERMANENT, NOARP; empty array for proxy entries. */
  readonly state: readonly string[];
  readonly proxy?: null;
  readonly router?: null;
  readonly [other: string]: unknown;
}
