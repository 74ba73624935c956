/** Reads one netns of the other machine from inside, with as few processes as can be: starting them is what takes the time. */

/** Per-netns switches under /proc/sys/net, and those of links, as glob patterns for the shell. */
export interface SysctlNames {
  readonly plain: readonly string[];
  readonly ofLinks: readonly string[];
}

/**
 * `visit INODE` runs in the netns; it ends with 3 where that netns has numbers for others than the host. What ip complains about stands between its answers, where each failed command says its line number.
 * Tools that print rules are started only where there are tables (legacy tables: where /proc lists them).
 */
export const visitScript = ({ plain, ofLinks }: SysctlNames): string => String.raw`
f() { printf '\n%s %s\n' "$T" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
n() { f netns "$I" "$1"; }
rules_of() {
  n "rules $1"
  shift
  "$@" 2>&1 || f netns "$I" failed "$?" "$@"
}
visit_rules() {
  n present
  cat /proc/net/ip_tables_names 2>/dev/null
  n present6
  cat /proc/net/ip6_tables_names 2>/dev/null
  TABLES=
  if [ "$NFT" = yes ]; then
    n tables
    TABLES=$(nft list tables 2>&1) || f netns "$I" failed "$?" nft list tables
    printf '%s\n' "$TABLES"
  fi
  OTHER=$(printf '%s\n' "$TABLES" | grep -E '^table ' | grep -vE '^table ip6? (filter|nat|mangle|raw|security)$')
  SETS=
  for F in ip ip6; do
    NAMES=$(printf '%s\n' "$TABLES" | sed -nE "s/^table $F (filter|nat|mangle|raw|security)$/\1/p")
    [ -n "$NAMES" ] || continue
    case $F in ip) S=$SAVE4 K=iptablesNft ;; *) S=$SAVE6 K=ip6tablesNft ;; esac
    TEXT=
    if [ -n "$S" ]; then
      TEXT=$($S -c 2>&1) || f netns "$I" failed "$?" "$S"
      n "rules $K"
      printf '%s\n' "$TEXT"
      case $TEXT in *--match-set*|*'-j SET '*) SETS=yes ;; esac
    else
      f netns "$I" absent "$K"
    fi
    # iptables-nft refuses a table that somebody put native rules into: then nft tells it.
    for N in $NAMES; do printf '%s\n' "$TEXT" | grep -qx "[*]$N" || OTHER=yes; done
  done
  [ -z "$OTHER" ] || rules_of nft nft -j list ruleset
  [ -z "$OTHER" ] || [ "$HOOKS" != yes ] || { n "rules nftHooks"; nft -j list hooks 2>/dev/null; }
  for F in 4 6; do
    case $F in 4) R=/proc/net/ip_tables_names S=$LEGACY4 K=iptablesLegacy ;; *) R=/proc/net/ip6_tables_names S=$LEGACY6 K=ip6tablesLegacy ;; esac
    [ -n "$(cat $R 2>/dev/null)" ] || continue
    if [ -n "$S" ]; then rules_of $K $S -c; SETS=yes; else f netns "$I" absent $K; fi
  done
  [ -z "$SETS" ] || ! have ipset || { n "rules ipsets"; ipset save 2>/dev/null; }
}
visit() {
  I=$1
  n ip
  printf '%s\n' 'link show' 'neighbour show' | ip -j -d -s -force -batch - 2>&1
  X=$(printf '%s\n' 'address show' 'route show table all' 'neighbour show proxy' 'rule show' 'netns list-id' | ip -j -d -force -batch - 2>&1)
  n ipd
  printf '%s\n' "$X"
  n ip6
  printf '%s\n' 'rule show' 'route show table all' | ip -6 -j -d -force -batch - 2>&1
  n bridge
  printf '%s\n' 'fdb show' 'vlan show' | bridge -j -d -force -batch - 2>&1
  n sysctls
  (cd /proc/sys/net && grep -s '' ${plain.join(' ')} ${ofLinks.join(' ')})
  if [ "$DIAG" = yes ]; then n ss; ss -Hltune 2>&1; else
    for F in tcp tcp6 udp udp6 udplite udplite6; do n "sock $F"; cat "/proc/net/$F" 2>/dev/null; done
  fi
  n "sock sctp"
  cat /proc/net/sctp/eps 2>/dev/null
  visit_rules
  # A number that no name was found for.
  case $X in *'"nsid":'[0-9]'}'* | *'"nsid":'[0-9][0-9]'}'* | *'"nsid":'[0-9][0-9][0-9]'}'* | *'"nsid":'[0-9][0-9][0-9][0-9]'}'*) return 3 ;; esac
  return 0
}
`;
