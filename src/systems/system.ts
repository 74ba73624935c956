/** What a recogniser is: given one thing on a host, it says who made it and what for, or nothing. */
import type { Graph, LinkNode, NetnsNode } from '../graph/graph.ts';
import type { Route } from '../model/route.ts';
import type { Chain, Rule, Table } from '../model/ruleset.ts';
import type { Names } from './names.ts';
import type { RuleWords } from './rule-words.ts';

/**
 * How a maker was told:
 * certain = by relations the kernel or an engine vouches for, or by names and rule shapes nobody else uses;
 * likely = by several weak signs together; name only = by a name that anybody may have given.
 */
export type Certainty = 'certain' | 'likely' | 'name only';

export interface Label {
  /** The system as an operator calls it: `Docker`, `ufw`, `flannel`, `the operator`. */
  readonly madeBy: string;
  /** One sentence fragment in terms of packets, without a full stop: `lets replies back to br-app`. */
  readonly purpose: string;
  readonly certainty: Certainty;
}

export interface TableSubject {
  readonly table: Table;
  readonly names: Names;
}

export interface ChainSubject extends TableSubject {
  readonly chain: Chain;
}

export interface RuleSubject extends ChainSubject {
  readonly rule: Rule;
  /** The rule's options, whichever tool printed it. */
  readonly words: RuleWords;
}

export interface LinkSubject {
  readonly graph: Graph;
  readonly link: LinkNode;
  readonly netns: NetnsNode;
  readonly names: Names;
}

export interface NetnsSubject {
  readonly graph: Graph;
  readonly netns: NetnsNode;
}

export interface RouteSubject {
  readonly route: Route;
  /** Every route of the same netns and family: some makers show only in the company of others. */
  readonly routes: readonly Route[];
}

/** One system, one file. Each question is optional; the first system in the list that answers wins. */
export interface System {
  readonly name: string;
  /** Native nft tables; the tables iptables manages belong to nobody. */
  labelTable?(subject: TableSubject): Label | undefined;
  labelChain?(subject: ChainSubject): Label | undefined;
  labelRule?(subject: RuleSubject): Label | undefined;
  labelLink?(subject: LinkSubject): Label | undefined;
  labelNetns?(subject: NetnsSubject): Label | undefined;
  labelRoute?(subject: RouteSubject): Label | undefined;
}

/** A label as a recogniser writes it: `label('ufw')('lets …')`. */
export const labelOf =
  (madeBy: string, certainty: Certainty = 'certain') =>
  (purpose: string): Label => ({ madeBy, purpose, certainty });
