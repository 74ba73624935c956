/** The beginning of what is said to the other machine's shell: where tools are, how answers are framed, what may be asked of its kernel. */

/**
 * POSIX sh (dash, busybox ash, bash). `$T` is a word nobody there can foresee, so that no text from there can pass for a frame. Nothing is
 * written to any file: what needs a place has one in a mount namespace of its own, which ends with its process.
 */
export const basicsScript = String.raw`
export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin" T
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH CDPATH ENV
umask 077
ROOT=
f() { printf '\n%s %s\n' "$T" "$*"; }
have() { command -v "$1" >/dev/null 2>&1; }
# A busybox can prefer its own ip to any other, and that prints no JSON.
IP=ip
case $(ip -V 2>&1 </dev/null) in
  *iproute2*) ;;
  *) for D in /usr/sbin /sbin /usr/bin /bin /usr/local/sbin; do case $("$D/ip" -V 2>&1 </dev/null) in *iproute2*) IP=$D/ip; break ;; esac; done ;;
esac
export IP
# A module that is there already can be asked; asking for one that is not would load it.
module() {
  [ -e /proc/modules ] || return 0
  grep -q "^$1 " /proc/modules 2>/dev/null && return 0
  [ -d "/sys/module/$1" ] && return 0
  b="/lib/modules/$(uname -r)/modules.builtin"
  [ -r "$b" ] || return 2
  grep -q "/$1\.ko" "$b" || return 1
}
`;

/** Who is there: said first, so that the connection is known to stand. */
export const helloScript = (tools: readonly string[]): string => String.raw`
hello() {
  f hello
  uname -n
  uname -r
  id -u
  sed -n 's/^CapEff:[[:space:]]*//p' /proc/self/status
  cat /proc/sys/kernel/random/boot_id
  printf '%s\n' "$SUDO_UID"
  f os
  cat /etc/os-release 2>/dev/null
  f tools
  for t in ${tools.join(' ')}; do command -v "$t" 2>/dev/null; done
  f end
}
`;
