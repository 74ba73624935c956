/** The packet filter rules of one netns as the tools print them; `netfilter/` parses them. */

export interface RulesetText {
  /** `iptables-save -c` of the nft backend; absent when this netns has no such tables (asked natively first). */
  readonly iptablesNft?: string;
  readonly ip6tablesNft?: string;
  readonly iptablesLegacy?: string;
  readonly ip6tablesLegacy?: string;
  /** `nft -j list ruleset`, all tables; those that iptables-nft manages are read from iptables-save instead. */
  readonly nft?: string;
  /** `nft -j list hooks` where the kernel offers it: the true order of base chains of equal priority. */
  readonly nftHooks?: string;
  /** ipset save text; absent when there is no ipset tool or no set is referred to. */
  readonly ipsets?: string;
  /** What the kernel says exists, read natively: nft tables, and legacy tables (/proc/net/ip_tables_names). */
  readonly present: {
    readonly nftTables: readonly {
      readonly family: string;
      readonly name: string;
      readonly owner?: string;
      /** It bears a name of iptables' and holds rules that iptables did not make: iptables-save may print those wrongly. */
      readonly isForeign?: boolean;
    }[];
    readonly legacyTables: readonly string[];
    readonly legacyTables6: readonly string[];
    /** NFT_MSG_GETGEN: moves with every change of nft rules. */
    readonly nftGeneration?: number;
  };
}
