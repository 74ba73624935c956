/** What a rule does, statement by statement (nft's order of evaluation, which iptables' matches + target fit into). */

export interface NamedSet {
  readonly name: string;
}
export interface Statement {
  readonly kind: string;
}
