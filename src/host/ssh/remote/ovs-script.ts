/** Asks Open vSwitch of the other machine with its own tools. */

/** `--dry-run`: ovs-vsctl would make the first row of an empty database, even to list it. */
export const ovsScript = String.raw`
vsctl() { bounded ovs-vsctl --timeout=5 --dry-run --no-wait "$@" 2>&1; }
open_vswitch() {
  for X in Bridge Port Interface; do
    f ovs "$X"
    vsctl --format=json list "$X"
  done
  f ovs-end
  vsctl list-br | while read -r B; do
    f flows
    printf '%s\n' "$B"
    if have ovs-ofctl; then bounded ovs-ofctl --no-stats dump-flows -- "$B" 2>&1 || f flows-failed; fi
  done
}
`;

export const ovsCall = 'open_vswitch </dev/null 2>/dev/null\n';
