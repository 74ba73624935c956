/** A command that changes the other machine, as lines for its shell: the way into its netns is checked first. */
import type { Command } from '../../../model/change.ts';
import type { Netns } from '../../../model/netns.ts';
import { holderPath } from '../../../model/netns-path.ts';
import { quoteForShell } from '../remote/compose-script.ts';

export type Place = Pick<Netns, 'inode' | 'holders' | 'isHost'>;

/** Tools must print what we parse, and administrators' folders are often missing from a user's PATH. */
export const environment =
  'export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"; unset CDPATH ENV\n';

const quoted = (words: readonly string[]): string => words.map(quoteForShell).join(' ');

/** Some of its holders may have gone since, and a process id may have been given again: the inode tells. */
export const enterScript = ({ inode, holders }: Place): string => {
  const paths = holders.flatMap((holder) => holderPath(holder) ?? []).slice(0, 20);
  return [
    'D=',
    `for P in ${quoted(paths)}; do [ "$(stat -Lc %i "$P" 2>/dev/null)" = ${inode} ] && D=$P && break; done`,
    '[ -n "$D" ] || { echo "its netns is gone" >&2; exit 126; }',
    '',
  ].join('\n');
};

/** The netns to be entered; absent: none. */
export const commandPlace = (place: Place | undefined): Place | undefined =>
  place === undefined || place.isHost ? undefined : place;

/** In a subshell, whose exit code is the command's. `place` absent: where the login is. */
export const commandScript = ({ argv, stdin }: Command, place: Place | undefined): string => {
  const inside = commandPlace(place);
  const input = stdin === undefined ? '' : `printf %s ${quoteForShell(stdin)} | `;
  const words = `${inside === undefined ? '' : 'nsenter "--net=$D" '}${quoted(argv)}${stdin === undefined ? ' </dev/null' : ''}`;
  return `(\n${inside === undefined ? '' : enterScript(inside)}${input}${words}\n)\n`;
};
