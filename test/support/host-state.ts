/** Everything on a host that looking at it could change, as text: to prove that it did not. */

/** What → the text of it. */
export type HostState = ReadonlyMap<string, string>;

/** Runs a command on the host and resolves with its standard output, whatever its exit code. */
export type RunThere = (argv: readonly string[]) => Promise<string>;

/**
 * Links, addresses, routes, policy rules, nsids, rules of both backends and sysctls of every netns; tables that legacy iptables has made there; loaded
 * modules, mounts, daemons, and files below /run, /tmp, /etc and /var with size and time. Left out is what moves by itself: counters, timers,
 * lifetimes, the number of connections, and names of namespaces that Docker throws away when it finds the time.
 */
export async function readHostState(run: RunThere): Promise<HostState> {
  const text = await run(['sh', '-c', script]);
  const sections = text.split(/^=== /m).slice(1);
  return new Map(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      steady(section.slice(section.indexOf('\n') + 1)),
    ]),
  );
}

/** One line for everything that is different, gone or new. */
export function stateDifferences(before: HostState, after: HostState): readonly string[] {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  return names.flatMap((name) => {
    const [old, now] = [lines(before.get(name)), lines(after.get(name))];
    return [
      ...old.filter((line) => !now.includes(line)).map((line) => `${name}: no longer ${line}`),
      ...now.filter((line) => !old.includes(line)).map((line) => `${name}: now ${line}`),
    ];
  });
}

function lines(text: string | undefined): readonly string[] {
  return (text ?? '').split('\n').filter((line) => line !== '');
}

/** Without what moves by itself in the output of ip, nft and sysctl. */
function steady(text: string): string {
  return text
    .replace(/ (?:hello|tcn|topology_change|gc|hold|message_age|forward_delay)_?timer +[\d.]+/g, '')
    .replace(/ fdb_n_learned \d+/g, '')
    .replace(/(valid_lft|preferred_lft) \S+/g, '$1')
    .replace(/ expires \d+sec/g, '')
    .replace(/^(\S*nf_conntrack_count|\S*\/stable_secret|\S*\/dirty_\S*): .*$/gm, '');
}

/**
 * One script, since a host has many namespaces and a command each would take minutes. `nft -s` leaves counters out. iptables-legacy-save is
 * only started where a table is there already: it would make none, but this must not depend on it.
 */
const script = `
inside() { nsenter --net="$1" "$2" $3 2>/dev/null; }
seen=
for f in /proc/1/ns/net /proc/[0-9]*/ns/net /run/netns/* /run/docker/netns/*; do
  i=$(stat -L -c %i "$f" 2>/dev/null) || continue
  case " $seen " in *" $i "*) continue;; esac
  seen="$seen $i"
  for what in "ip -d link show" "ip addr show" "ip route show table all" "ip -6 route show table all" "ip rule show" "ip -6 rule show" \\
    "ip netns list-id" "bridge fdb show permanent" "nft -s list ruleset" "cat /proc/thread-self/net/ip_tables_names" "cat /proc/thread-self/net/ip6_tables_names"; do
    echo "=== netns $i: $what"
    nsenter --net="$f" $what 2>/dev/null
  done
  echo "=== netns $i: sysctls"
  nsenter --net="$f" grep -r . /proc/sys/net 2>/dev/null | sed 's/:/: /'
done
echo "=== modules"
cut -d' ' -f1 /proc/modules 2>/dev/null | sort
echo "=== mounts"
cat /proc/1/mounts
echo "=== daemons"
for p in /proc/[0-9]*; do [ "$(readlink $p/exe 2>/dev/null)" ] && echo "\${p#/proc/} $(cat $p/comm 2>/dev/null)"; done | grep -vE ' (sh|stat|cat|sed|grep|readlink|nsenter)$'
echo "=== files"
find /run /tmp /etc /var/lib /var/log /var/cache -xdev -path /run/docker/netns -prune -o -printf '%p %y %s %T@\\n' 2>/dev/null | sort
`;
