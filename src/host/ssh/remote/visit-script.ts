/** Reads one netns of the other machine from inside, with as few processes as can be: starting them is what takes the time. */

/** Switches under /proc/sys/net: paths of those that a netns has once, and names of those that each link has. */
export interface SysctlNames {
  readonly plain: readonly string[];
  readonly ofLinks4: readonly string[];
  readonly ofLinks6: readonly string[];
}

const perLink = (names: readonly string[]): string => names.map((name) => `"$L/${name}"`).join(' ');

/**
 * `visit_wiring INODE WORDS…` reads how a netns is wired; WORDS lead a command into it. It ends with 3 where that netns has numbers for others than the host, with 4 where it could not be
 * entered. What ip complains about stands between its answers, where each failed command says its line number. `visit_rest INODE` runs inside; tools that print rules are started only where there are tables.
 */
export const visitScript = ({ plain, ofLinks4, ofLinks6 }: SysctlNames): string => String.raw`
NL='
'
f() { printf '\n%s %s\n' "$T" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
n() { f netns "$I" "$1"; }
# The lines of a file of /proc, as words.
words_of() { W=; [ ! -r "$1" ] || while read -r L; do W="$W $L"; done <"$1"; }
# Counts of the netns. The files that list sockets end with a walk through the whole machine's table of connections, in every netns anew.
no_sockets() {
  for F in sockstat sockstat6; do
    [ -r "/proc/net/$F" ] || continue
    while read -r P _ C _; do
      case $P/$C in TCP*/0 | UDP*/0) ;; TCP* | UDP*) return 1 ;; esac
    done <"/proc/net/$F"
  done
}
visit_sockets() {
  n ss
  no_sockets && QUIET=yes || QUIET=
  # With -e only where no cgroup2 is mounted: ss would walk through all of them to name that of each socket.
  [ -n "$QUIET" ] || [ "$DIAG" != yes ] || ss "-Hltun$INODES" 2>/dev/null
  [ "$DIAG" = yes ] || n nodiag
  n sockets
  [ -n "$QUIET$INODES" ] || grep -s '' /proc/net/tcp /proc/net/tcp6 /proc/net/udp /proc/net/udp6 /proc/net/udplite /proc/net/udplite6
  n "sock sctp"
  [ ! -e /proc/net/sctp/eps ] || cat /proc/net/sctp/eps
}
rules_of() {
  n "rules $1"
  shift
  "$@" 2>&1 || f netns "$I" failed "$?" "$@"
}
save_nft() {
  [ -n "$3" ] || return 0
  if [ -z "$2" ]; then f netns "$I" absent "$1"; return; fi
  TEXT=$($2 -c 2>&1) || f netns "$I" failed "$?" "$2"
  n "rules $1"
  printf '%s\n' "$TEXT"
  case $TEXT in *--match-set* | *'-j SET '*) SETS=yes ;; esac
  # iptables-nft refuses a table that somebody put native rules into: then nft tells it.
  case $TEXT in *incompatible*) OTHER=yes ;; esac
  for N in $3; do case "$NL$TEXT$NL" in *"$NL*$N$NL"*) ;; *) OTHER=yes ;; esac; done
}
save_legacy() {
  [ -n "$3" ] || return 0
  if [ -n "$2" ]; then rules_of "$1" "$2" -c; SETS=yes; else f netns "$I" absent "$1"; fi
}
visit_rules() {
  words_of /proc/net/ip_tables_names; L4=$W
  words_of /proc/net/ip6_tables_names; L6=$W
  n "present$L4"
  n "present6$L6"
  OTHER= SETS= T4= T6=
  if [ "$NFT" = yes ]; then
    n tables
    TABLES=$(nft list tables 2>&1) || f netns "$I" failed "$?" nft list tables
    printf '%s\n' "$TABLES"
    while read -r A F N; do
      case $A/$F/$N in
        table/ip/filter | table/ip/nat | table/ip/mangle | table/ip/raw | table/ip/security) T4="$T4 $N" ;;
        table/ip6/filter | table/ip6/nat | table/ip6/mangle | table/ip6/raw | table/ip6/security) T6="$T6 $N" ;;
        table/*) OTHER=yes ;;
      esac
    done <<E
$TABLES
E
  fi
  save_nft iptablesNft "$SAVE4" "$T4"
  save_nft ip6tablesNft "$SAVE6" "$T6"
  save_legacy iptablesLegacy "$LEGACY4" "$L4"
  save_legacy ip6tablesLegacy "$LEGACY6" "$L6"
  if [ -n "$OTHER" ]; then
    rules_of nft nft -j list ruleset
    [ "$HOOKS" != yes ] || { n "rules nftHooks"; nft -j list hooks 2>/dev/null; }
  fi
  [ -z "$SETS" ] || ! have ipset || { n "rules ipsets"; ipset save 2>/dev/null; }
}
visit_sysctls() {
  cd /proc/sys/net || return
  set --
  for L in ipv4/conf/*; do set -- "$@" ${perLink(ofLinks4)}; done
  for L in ipv6/conf/*; do set -- "$@" ${perLink(ofLinks6)}; done
  grep -s '' ${plain.join(' ')} "$@"
  cd /
}
visit_wiring() {
  I=$1
  shift
  X=$("$@" "$IP" -j -d -s -force -batch - 2>&1 <<E
link show
neighbour show
address show
route show table all
neighbour show proxy
rule show
netns list-id
maddress show
E
  )
  case $X in 'nsenter: failed to execute'* | "nsenter: can't execute"*) ;; nsenter:*) f netns "$I" closed; return 4 ;; esac
  n ip
  printf '%s\n' "$X"
  # What fdb entries there are without any such link: the multicast addresses of each.
  case $X in
    *'"info_kind":"'[bgmo]* | *'"info_kind":"ipvlan'* | *'"info_kind":"v'[lrx]* | *'"info_slave_kind"'*)
      n bridge
      "$@" bridge -j -d -force -batch - 2>&1 <<E
fdb show
vlan show
E
      ;;
  esac
  # A number that no name was found for.
  case $X in *'"nsid":'[0-9]'}'* | *'"nsid":'[0-9][0-9]'}'* | *'"nsid":'[0-9][0-9][0-9]'}'* | *'"nsid":'[0-9][0-9][0-9][0-9]'}'*) return 3 ;; esac
  return 0
}
visit_rest() {
  I=$1
  n ip6
  "$IP" -6 -j -d rule show 2>&1
  n ipvs
  [ ! -e /proc/net/ip_vs ] || cat /proc/net/ip_vs
  n sysctls
  visit_sysctls
  visit_sockets
  visit_rules
}
`;
