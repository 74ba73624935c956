/** The whole picture of the other machine in one answer. */

/**
 * `inside` runs in a mount namespace of its own, where /run/netns is a place to give names: `ip netns list-id` then tells which netns each
 * nsid means, by inode. Asking gives no netns a number. A container names only the host, as a rule; those that name others are asked again.
 */
export const insideScript = String.raw`
enter() {
  W=$2
  [ -z "$OUTER" ] || case $W in /proc/*) ;; *) W=/proc/$OUTER/root$W ;; esac
  shift 2
  nsenter "--net=$W" "$@"
}
name_all() {
  printf '%s\n' "$LIST" | while read -r INODE DOOR; do
    case $DOOR in
      /proc/self/*) ;;
      /proc/[0-9]*/ns/net) P=$(printf '%s' "$DOOR" | sed 's/[^0-9]//g'); echo "netns attach $INODE $P" ;;
      /proc/*) ln -s "$DOOR" "$PLACE/$INODE" ;;
      /*) ln -s "/proc/$OUTER/root$DOOR" "$PLACE/$INODE" ;;
    esac
  done | ip -force -batch - >/dev/null 2>&1
}
inside() {
  LIST=$(cat) PLACE= AGAIN=
  if [ "$PRIVATE" = yes ]; then
    PLACE=$(readlink -f /var/run)
    mount -t tmpfs -o mode=700 vethscope "$PLACE" 2>/dev/null && mkdir "$PLACE/netns" || PLACE=
    if [ -n "$PLACE" ]; then PLACE=$PLACE/netns; ln -s "/proc/$OUTER/ns/net" "$PLACE/$SELF"; fi
  fi
  printf '%s\n' "$LIST" | {
    while read -r INODE DOOR; do
      [ -n "$INODE" ] || continue
      [ -z "$ONLY" ] || case " $ONLY " in *" $INODE "*) ;; *) continue ;; esac
      if [ "$INODE" = "$SELF" ]; then visit "$INODE"; continue; fi
      enter "$INODE" "$DOOR" sh -c "$VISIT
visit $INODE" </dev/null 2>&1
      case $? in
        0) ;;
        3) AGAIN="$AGAIN$INODE $DOOR
" ;;
        *) f netns "$INODE" closed ;;
      esac
    done
    if [ -z "$PLACE" ]; then f unnamed; return; fi
    name_all
    f netns "$SELF" nsids
    ip -j netns list-id 2>&1
    printf '%s' "$AGAIN" | while read -r INODE DOOR; do
      f netns "$INODE" nsids
      enter "$INODE" "$DOOR" ip -j netns list-id </dev/null 2>&1
    done
  }
}
`;

/** `picture INODES` needs VISIT and INSIDE, the texts of the scripts for inside. */
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
# $1: inodes to be read; empty: all.
picture() {
  ONLY=$1 PRIVATE= OUTER=$$
  prepare
  discover
  export SELF ONLY OUTER PRIVATE VISIT
  if have unshare && unshare -m true 2>/dev/null; then
    PRIVATE=yes
    printf '%s\n' "$LIST" | unshare -m sh -c "$VISIT
$INSIDE
inside"
  else
    printf '%s\n' "$LIST" | inside
  fi
}
`;
