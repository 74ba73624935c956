/** What runs on the other machine for one tap: tcpdump in the link's netns, ended with its line. */
import { commandPlace, enterScript, environment, type Place } from '../change/command-script.ts';
import { quoteForShell } from '../remote/compose-script.ts';

/** How often our end says that it still listens, and after how long a silence it is given up. */
export const beatMs = 5_000;
const silenceSeconds = 60;

/**
 * `listen` hears a line for each beat: tcpdump is then asked for its counts, where it may be (before 4.99 the signal could cut its stream), and
 * whether its netns is still held by what led into it. The whole is one function: nothing of it may still have to be read when `listen` begins to.
 */
export const tapScript = (argv: readonly string[], place: Place | undefined): string => {
  const inside = commandPlace(place);
  return String.raw`${environment}
tap() {
  D=
${inside === undefined ? '' : enterScript(inside)}
  case $(${quoteForShell(argv[0] ?? '')} --version 2>&1) in *'version 4.99'* | *'version '[5-9]*) ASK=yes ;; *) ASK= ;; esac
  LIMIT=
  ! timeout ${silenceSeconds} true 2>/dev/null || LIMIT='timeout ${silenceSeconds}'
  exec 3<&0
  ${inside === undefined ? '' : 'nsenter "--net=$D" '}${argv.map(quoteForShell).join(' ')} </dev/null 3<&- &
  P=$!
  listen </dev/null >/dev/null 2>&1 &
  L=$!
  exec 3<&-
  wait $P
  C=$?
  kill $L 2>/dev/null
  return $C
}
listen() {
  while B=$($LIMIT dd bs=64 count=1 <&3 2>/dev/null) && [ -n "$B" ]; do
    [ -z "$D" ] || [ "$(stat -Lc %i "$D")" = ${inside?.inode ?? 0} ] || break
    [ -z "$ASK" ] || kill -USR1 $P
  done
  kill $P
}
tap; exit $?
`;
};
