/** What stays on the other machine while it is followed: children that tell what changes, ended with their line. */

const environment = `export LC_ALL=C PATH="$PATH:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin"\n`;

/** Runs one child; a `cat` on our standard input hears the end of the line, which ends the child. */
const untilLineEnds = (command: string): string => String.raw`${environment}
exec 3<&0
${command} </dev/null 2>/dev/null &
P=$!
{ cat <&3 >/dev/null; kill $P 2>/dev/null; } &
exec 3<&-
wait $P
echo ended
`;

/**
 * Links, addresses, routes, rules and numbers of every netns that has a number in this one. Not neighbours: on a busy host they change all the time,
 * and each change would have its netns read again.
 */
export const kernelScript = untilLineEnds('ip -o monitor label all-nsid link address route rule netconf nsid');

/** A line for each change of nft tables in this netns. */
export const rulesScript = untilLineEnds('nft monitor');

/** Docker's own words, one JSON object a line. */
export const engineScript = (quotedSocket: string): string =>
  `S=${quotedSocket}\nexport S\n${untilLineEnds(
    `sh -c 'if command -v curl >/dev/null 2>&1; then exec curl -gsN --unix-socket "$S" http://d/v1.40/events; else exec docker -H "unix://$S" events --format "{{json .}}"; fi'`,
  )}`;
