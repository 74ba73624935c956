/** What stands guard on the other machine: takes a change back when its line is cut, or when nobody keeps it in time. */
import { quoteForShell } from '../remote/compose-script.ts';
import { environment } from './command-script.ts';

/** Root's alone. What is left here after a change was taken back tells so to whoever asks next. */
const folder = '/var/lib/vethscope';

const folderOf = (id: string): string => `${folder}/guard-${id.replaceAll(/[^0-9a-zA-Z]/g, '')}`;

/**
 * Outlives the line: a session of its own, deaf to SIGHUP. $1 folder, $2 seconds, $3 the process at our end of the line. Who makes `settled` decides,
 * and mkdir lets only one make it. SIGTERM is what a login's end sends to all its processes: then nobody can keep it any more.
 */
const guardian = String.raw`trap '' HUP
trap 'N=0' TERM INT
D=$1 N=$2
while [ "$N" -gt 0 ]; do
  [ ! -d "$D/settled" ] || exit 0
  kill -0 "$3" 2>/dev/null || [ -e "$D/waits" ] || break
  sleep 1 &
  wait $!
  N=$((N - 1))
done
mkdir "$D/settled" 2>/dev/null || exit 0
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $D: taken back" >>/var/lib/vethscope/journal
sh "$D/revert" >"$D/log" 2>&1
: >"$D/reverted"
`;

/**
 * Says `armed`, then listens: `keep` ends it with the change kept, `wait` leaves it to the time limit; the end of its input is a line that was cut.
 * `revert`: script that takes the change back.
 */
export const guardScript = (id: string, seconds: number, revert: string): string => String.raw`${environment}
umask 077
D=${folderOf(id)}
mkdir -p ${folder} && mkdir "$D" || exit 1
printf %s ${quoteForShell(environment + revert)} >"$D/revert" && printf %s ${quoteForShell(guardian)} >"$D/guard" || exit 1
echo "$(date -u +%Y-%m-%dT%H:%M:%SZ) $D: armed for ${seconds} s" >>${folder}/journal
if command -v setsid >/dev/null 2>&1; then setsid sh "$D/guard" "$D" ${seconds} $$ </dev/null >/dev/null 2>&1 &
else nohup sh "$D/guard" "$D" ${seconds} $$ </dev/null >/dev/null 2>&1 &
fi
{ kill -0 $! || [ -d "$D" ]; } 2>/dev/null && echo armed
while read -r W; do
  case $W in
    keep) if mkdir "$D/settled" 2>/dev/null; then rm -rf "$D"; echo kept; else echo reverted; fi; exit 0 ;;
    wait) : >"$D/waits" && echo waits; exit 0 ;;
  esac
done
`;

/** Says `kept`, `reverted`, `reverting`, or `unknown` where nobody stands guard over that change. */
export const settleScript = (id: string): string => String.raw`
D=${folderOf(id)}
if [ ! -d "$D" ]; then echo unknown
elif mkdir "$D/settled" 2>/dev/null; then rm -rf "$D"; echo kept
elif [ -e "$D/reverted" ]; then rm -rf "$D"; echo reverted
else echo reverting
fi
`;
