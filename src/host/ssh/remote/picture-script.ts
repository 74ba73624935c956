/** The whole picture of the other machine in one answer. */

/**
 * `inside` runs in a mount namespace of its own, where /run/netns is a place to give names: `ip netns list-id` then tells which netns each
 * nsid means, by inode. Asking gives no netns a number. A container has a number only for the host, as a rule; those with others are asked again.
 */
export const insideScript = String.raw`
# mountinfo writes what is no plain character of a path in octal.
plain() {
  case $1 in
    *\\*) printf '%b' "$(printf '%s' "$1" | sed 's/\\\([0-7][0-7][0-7]\)/\\0\1/g')" ;;
    *) printf '%s' "$1" ;;
  esac
}
# The path that leads from here to a DOOR.
way_to() {
  W=$1
  case $W in *\\*) W=$(plain "$W") ;; esac
  [ -z "$OUTER" ] || case $W in /proc/*) ;; *) W=/proc/$OUTER/root$W ;; esac
}
# Every $2th netns of LIST, beginning with the $1th.
visit_some() {
  K=0
  while read -r INODE DOOR; do
    [ -n "$INODE" ] || continue
    K=$((K + 1))
    [ $((K % $2)) = $(($1 % $2)) ] || continue
    [ -z "$ONLY" ] || case " $ONLY " in *" $INODE "*) ;; *) continue ;; esac
    visit_one </dev/null
  done <<E
$LIST
E
}
visit_one() {
  [ "$INODE" = "$SELF" ] || way_to "$DOOR"
  if [ "$PARTS" != rest ]; then
    if [ "$INODE" = "$SELF" ]; then visit_wiring "$INODE"; else visit_wiring "$INODE" nsenter "--net=$W"; fi
    case $? in
      3) [ -z "$PLACE" ] || echo "$INODE $DOOR" >>"$PLACE/again" ;;
      4) return ;;
    esac
  fi
  [ "$PARTS" != wiring ] || return
  if [ "$INODE" = "$SELF" ]; then visit_rest "$INODE"; return; fi
  nsenter "--net=$W" sh -c "$VISIT
visit_rest $INODE" 2>&1 || f netns "$INODE" closed
}
# Folders that hold nothing but namespaces are taken as they are; whoever has no name there gets its inode for one.
name_nsids() {
  printf '%s\n' "$LIST" | awk '{
    d = $2; sub(/\/[^\/]*$/, "", d)
    e = d; sub(/^\/proc\/[0-9]+\/root/, "", e); sub(/^\/var/, "", e)
    if (e ~ /^\/run\/((docker|user\/[0-9]+)\/)?netns$/) { if (!seen[d]++) print d >folders } else print
  }' "folders=$PLACE/folders" - | while read -r INODE DOOR; do
    case $DOOR in
      /proc/self/*) ;;
      /proc/[0-9]*/ns/net) P=$(printf '%s' "$DOOR" | sed 's/[^0-9]//g'); echo "netns attach $INODE $P" ;;
      *) way_to "$DOOR"; ln -s "$W" "$PLACE/netns/$INODE" ;;
    esac
  done | "$IP" -force -batch - >/dev/null 2>&1
  list_ids ''
  [ ! -e "$PLACE/folders" ] || while read -r FOLDER; do
    way_to "$FOLDER"
    ln -sfn "$W" "$PLACE/netns"
    list_ids " $FOLDER"
  done <"$PLACE/folders"
}
# $1: the folder whose names they are told by.
list_ids() {
  f netns "$SELF" "nsids$1"
  "$IP" -j netns list-id </dev/null 2>&1
  [ ! -e "$PLACE/again" ] || while read -r INODE DOOR; do
    way_to "$DOOR"
    f netns "$INODE" "nsids$1"
    nsenter "--net=$W" "$IP" -j netns list-id </dev/null 2>&1
  done <"$PLACE/again"
}
# Several at once: each writes to a file in a file system that nobody else sees and that goes with us.
inside() {
  LIST=$(cat) PLACE=
  D=$(readlink -f /var/run)
  mount -t tmpfs -o mode=700 vethscope "$D" 2>/dev/null && mkdir "$D/own" && ln -s own "$D/netns" && PLACE=$D
  if [ -z "$PLACE" ]; then f unnamed; visit_some 0 1; [ -z "$WITH" ] || "$WITH"; return; fi
  # Nobody else sees that they are gone here; see visit_sockets.
  [ "$DIAG" != yes ] || [ "$PARTS" = wiring ] || { umount -a -l -t cgroup2 2>/dev/null; grep -q ' cgroup2 ' /proc/self/mounts || export INODES=e; }
  ln -s "/proc/$OUTER/ns/net" "$PLACE/netns/$SELF"
  if [ -n "$WITH" ]; then "$WITH" >"$PLACE/with" 2>/dev/null & fi
  C=$(grep -c '^processor' /proc/cpuinfo)
  case $C in '' | 0 | *[!0-9]*) C=1 ;; [5-9] | ??*) C=4 ;; esac
  [ -z "$ONLY" ] || C=1
  K=1
  while [ "$K" -lt "$C" ]; do
    visit_some "$K" "$C" >"$PLACE/out$K" &
    K=$((K + 1))
  done
  visit_some 0 "$C"
  wait
  cat "$PLACE"/out* "$PLACE"/with 2>/dev/null
  [ "$PARTS" = rest ] || name_nsids
}
`;

/** `picture` needs VISIT, INSIDE and ENGINES, the texts of the scripts for inside. */
export const pictureScript = String.raw`
prepare() {
  NFT= DIAG= HOOKS= SAVE4= SAVE6= LEGACY4= LEGACY6=
  module nf_tables
  f nftables $? "$(command -v nft)"
  module nf_tables && have nft && NFT=yes
  module nfnetlink_hook && HOOKS=yes
  module inet_diag && module tcp_diag && module udp_diag && have ss && DIAG=yes
  case $(iptables-save -V 2>/dev/null) in
    *nf_tables*) SAVE4=iptables-save ;;
    *?*) LEGACY4=iptables-save ;;
  esac
  case $(ip6tables-save -V 2>/dev/null) in
    *nf_tables*) SAVE6=ip6tables-save ;;
    *?*) LEGACY6=ip6tables-save ;;
  esac
  have iptables-nft-save && SAVE4=iptables-nft-save
  have ip6tables-nft-save && SAVE6=ip6tables-nft-save
  have iptables-legacy-save && LEGACY4=iptables-legacy-save
  have ip6tables-legacy-save && LEGACY6=ip6tables-legacy-save
  export NFT DIAG HOOKS SAVE4 SAVE6 LEGACY4 LEGACY6
}
# $1: inodes to be read, empty: all; $2: parts of them; $3: what else, engines or files of containers.
picture() {
  ONLY=$1
  discover
  look "$2" "$3"
}
# Once more at the namespaces that were found last.
look() {
  PARTS=$1 WITH=$2 OUTER=$$ INODES=
  [ "$PARTS" = wiring ] || prepare
  export SELF ONLY WITH OUTER VISIT PARTS INODES
  if have unshare && unshare -m true 2>/dev/null; then
    ROOT=/proc/$OUTER/root
    export ROOT
    printf '%s\n' "$LIST" | unshare -m sh -c "$VISIT
$INSIDE
$ENGINES
inside"
    ROOT=
  else
    f unnamed
    PLACE=
    visit_some 0 1
    [ -z "$WITH" ] || "$WITH"
  fi
}
`;
