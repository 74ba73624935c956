/** Finds every netns of the other machine that something visible holds, with one process for each kind of place to look at. */

/** Sets HOSTNS, SELF and LIST (`INODE PATH` lines, the host's own first); a PATH is valid in the mount namespace of this shell. */
export const discoverScript = String.raw`
netns_of() { readlink "/proc/$1/ns/net" 2>/dev/null | sed 's/[^0-9]//g'; }
mounts_of() { sed -n "s|^[0-9]* [0-9]* \([0-9:]*\) net:\[\([0-9]*\)\] \([^ ]*\) .* - nsfs .*|\2 \3 \1 $1|p" "/proc/$1/mountinfo" 2>/dev/null; }
discover() {
  f processes
  P=$(ls -l /proc/[0-9]*/ns/net 2>/dev/null | sed -n 's|.* /proc/\([0-9]*\)/ns/net -> net:\[\([0-9]*\)\]$|\1 \2|p')
  printf '%s\n' "$P"
  f comms
  grep -s '' /proc/[0-9]*/comm
  f inner
  grep -s '^NSpid:' /proc/[0-9]*/status | sed -n 's|^/proc/\([0-9]*\)/status:NSpid:.*[[:space:]]\([0-9]*\)$|\1 \2|p'
  f commands
  ps -A -ww -o pid= -o args= 2>/dev/null || ps -o pid= -o args=
  f mounts
  M=$(
    mounts_of self
    for p in $(grep -sxE 'dockerd|podman' /proc/[0-9]*/comm | sed 's/[^0-9]//g'); do
      [ "$(readlink /proc/self/ns/mnt)" = "$(readlink "/proc/$p/ns/mnt")" ] || mounts_of "$p"
    done
  )
  printf '%s\n' "$M"
  f descriptors
  ls -l /proc/[0-9]*/fd 2>/dev/null | sed -n 's|^/proc/\([0-9]*\)/fd:$|\1|p; s|.* \([0-9]*\) -> \(socket:\[[0-9]*\]\)$|\1 \2|p; s|.* \([0-9]*\) -> \(net:\[[0-9]*\]\)$|\1 \2|p'
  SELF=$(netns_of self)
  HOSTNS=$(netns_of 1)
  if [ "$(cat /proc/2/comm 2>/dev/null)" = kthreadd ] && grep -q '^PPid:[[:space:]]*0$' /proc/2/status; then
    K=$(netns_of 2)
    [ -z "$K" ] || HOSTNS=$K
  fi
  [ -n "$HOSTNS" ] || HOSTNS=$SELF
  f home
  printf '%s\n%s\n' "$HOSTNS" "$SELF"
  stat -Lc %d /proc/self/ns/net 2>/dev/null
  LIST=$({
    printf '%s /proc/self/ns/net\n' "$SELF"
    printf '%s\n' "$M" | awk 'NF > 2 { print $1, ($4 == "self" ? "" : "/proc/" $4 "/root") $2 }'
    printf '%s\n' "$P" | awk 'NF == 2 { print $2, "/proc/" $1 "/ns/net" }'
  } | awk -v host="$HOSTNS" '!seen[$1]++ { if ($1 == host) first = $0 "\n"; else rest = rest $0 "\n" } END { printf "%s%s", first, rest }')
}
`;
