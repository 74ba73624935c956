/** Asks the engines of the other machine: over their sockets with curl where it is installed, else with Docker's own client. */

/**
 * ROOT leads to where the sockets are, from a mount namespace that hides them. `engines` asks every engine that runs; with words (`SOCKET ID…`, ids of containers, then `-`, ids of networks) only these. A socket whose daemon does not
 * run is left alone: systemd would start it. Container files are read without following a link, and never more than 64 KiB.
 */
export const engineScript = String.raw`
bounded() { if have timeout; then timeout 20 "$@"; else "$@"; fi; }
sockets() {
  for S in "$ROOT"/run/docker.sock "$ROOT"/run/podman/podman.sock "$ROOT"/run/user/*/docker.sock "$ROOT"/run/user/*/podman/podman.sock; do
    [ -S "$S" ] && printf '%s\n' "$S" | sed "s|^$ROOT||"
  done
}
daemon_of() {
  case $1 in
    *podman*) for p in $(grep -sx podman /proc/[0-9]*/comm | sed 's/[^0-9]//g'); do tr '\0' ' ' <"/proc/$p/cmdline" | grep -q ' system service ' && echo "$p"; done ;;
    *) grep -sx dockerd /proc/[0-9]*/comm | sed 's/[^0-9]//g' ;;
  esac
}
ask_curl() { bounded curl -gsS --max-time 15 --unix-socket "$ROOT$S" "$@" 2>&1; }
urls() { U=; for X in $2; do U="$U http://d/v1.40/$1/$X$3"; done; }
by_curl() {
  f version
  ask_curl http://d/version
  if [ -z "$WANTED" ]; then
    f info
    ask_curl http://d/v1.40/info
    CS=$(ask_curl 'http://d/v1.40/containers/json?all=1' | grep -o '"Id":"[0-9a-f]*"' | sed 's/"Id":"//; s/"//')
    NS=$(ask_curl http://d/v1.40/networks | grep -oi '"Id":"[0-9a-z]*"' | sed 's/^.*:"//; s/"//' | sort -u)
  fi
  f containers
  urls containers "$CS" /json
  [ -z "$U" ] || ask_curl $U
  f networks
  urls networks "$NS" ''
  [ -z "$U" ] || ask_curl $U
}
by_client() {
  D="bounded docker -H unix://$ROOT$S"
  f version
  $D version --format '{{json .Server}}' 2>&1
  if [ -z "$WANTED" ]; then
    f info
    $D info --format '{{json .}}' 2>&1
    CS=$($D ps -aq --no-trunc 2>/dev/null)
    NS=$($D network ls -q --no-trunc 2>/dev/null)
  fi
  f containers
  [ -z "$CS" ] || $D container inspect $CS 2>/dev/null
  f networks
  [ -z "$NS" ] || $D network inspect $NS 2>/dev/null
}
settings_of() {
  [ -n "$1" ] || return 0
  f arguments
  tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null
  C=$(tr '\0' '\n' <"/proc/$1/cmdline" 2>/dev/null | sed -n 's/^--config-file=//p; /^--config-file$/{n;p;}')
  [ -n "$C" ] || C=/etc/docker/daemon.json
  f daemonjson
  [ -L "/proc/$1/root$C" ] || [ ! -f "/proc/$1/root$C" ] || cat "/proc/$1/root$C"
  f daemontimes
  stat -Lc %Y "/proc/$1/root$C" 2>/dev/null || echo 0
  sed 's/^.*) //' "/proc/$1/stat"
  sed -n 's/^btime //p' /proc/stat
}
engines() {
  WANTED=$1 CS= NS=
  if [ -n "$1" ]; then
    shift
    while [ $# -gt 0 ]; do
      if [ "$1" = - ]; then shift; NS=$*; break; fi
      CS="$CS $1"
      shift
    done
  fi
  sockets | while read -r S; do
    # The name under which Docker's own client knows it.
    case $S in /run/docker.sock) NAME=/var/run/docker.sock ;; *) NAME=$S ;; esac
    [ -z "$WANTED" ] || [ "$WANTED" = "$NAME" ] || continue
    E=$(daemon_of "$S")
    if [ -z "$E" ]; then
      grep -q "00010000 .* \(/var\)\{0,1\}$(printf %s "$S" | sed 's|^/var||')\$" /proc/net/unix && f sleeping "$NAME"
      continue
    fi
    case $E in *[!0-9]*) E= ;; esac
    f engine "$NAME" "$E"
    if [ ! -w "$ROOT$S" ]; then f forbidden "$NAME"; elif have curl; then by_curl; elif have docker; then by_client; else f untold "$NAME"; fi
    [ -n "$WANTED" ] || settings_of "$E"
  done
}
files() {
  f files
  set --
  for p in $(grep -s '^NSpid:' /proc/[0-9]*/status | sed -n 's|^/proc/\([0-9]*\)/status:NSpid:.*[[:space:]]1$|\1|p'); do
    [ "$p" = 1 ] && continue
    [ -L "/proc/$p/root/etc" ] || set -- "$@" "/proc/$p/root/etc/resolv.conf" "/proc/$p/root/etc/hosts"
  done
  [ $# = 0 ] || find "$@" -maxdepth 0 -type f -size -129 -exec grep -H '' {} + 2>/dev/null
  f links
  for p in "$@"; do [ ! -L "$p" ] || printf '%s\n' "$p"; done
}
`;
