/** A located thing as a few lines for a person. */
import { safeText, signsOf, type TextStyle } from './format-table.ts';
import { formatEnd } from './list/list-tables.ts';
import type { Match } from './schemas/locate-schema.ts';

const heading = ({ container, link, netns }: Match): string => {
  const owner = container?.name ?? netns?.name;
  if (link === undefined) return owner ?? 'nothing';
  return owner === undefined || owner === 'host' ? link.ifname : `${owner}/${link.ifname}`;
};

const containerLine = ({ container, sharedWith }: Match): string | undefined => {
  if (container === undefined) return undefined;
  const shared = sharedWith === undefined ? '' : `, shares its netns with ${sharedWith.join(', ')}`;
  return `${container.name} (${container.engine} ${container.id.slice(0, 12)}, mode ${container.mode})${shared}`;
};

const netnsLine = ({ netns }: Match): string | undefined => {
  if (netns === undefined) return undefined;
  const inode = netns.inode === 0 ? '' : ` inode ${netns.inode}`;
  const pids =
    netns.pids.length === 0
      ? ''
      : `, pid ${netns.pids.slice(0, 3).join(', ')}${netns.pids.length > 3 ? ' and more' : ''}`;
  return `${netns.name}${inode}${pids}`;
};

const linkLine = ({ link }: Match): string | undefined =>
  link === undefined
    ? undefined
    : [`ifindex ${link.ifindex}`, link.kind, link.state, link.mac ?? '', ...link.addresses]
        .filter((part) => part !== '')
        .join(' ');

const peerLine = ({ peer, peerDoubt }: Match): string | undefined => {
  if (peer !== undefined) return `${formatEnd(peer)} (ifindex ${peer.ifindex} in ${peer.netns.name})`;
  if (peerDoubt === undefined) return undefined;
  const ends = (peerDoubt.candidates ?? []).map((end) => `${formatEnd(end)} (ifindex ${end.ifindex})`).join(' or ');
  return `not proven: ${ends === '' ? '' : `perhaps ${ends}; `}${peerDoubt.why}`;
};

const bridgeLine = ({ bridge }: Match): string | undefined =>
  bridge === undefined
    ? undefined
    : bridge.network === undefined
      ? bridge.ifname
      : `${bridge.ifname} (network ${bridge.network})`;

const portLine = ({ port }: Match): string | undefined =>
  port === undefined
    ? undefined
    : `${port.hostIp}:${port.hostPort} published as port ${port.containerPort}/${port.proto}`;

const formatMatch = (match: Match, style: TextStyle): string => {
  const lines: readonly (readonly [string, string | undefined])[] = [
    ['container', containerLine(match)],
    ['netns', netnsLine(match)],
    ['link', linkLine(match)],
    ['peer', peerLine(match)],
    ['on', match.lowerLink === undefined ? undefined : formatEnd(match.lowerLink)],
    ['bridge', bridgeLine(match)],
    ['port', portLine(match)],
    ['made by', match.madeBy],
  ];
  const body = lines.flatMap(([name, text]) =>
    text === undefined ? [] : [`  ${name.padEnd(9)}  ${safeText(text, style)}`],
  );
  const title = safeText(heading(match), style);
  const why = `${signsOf(style).arrow === '->' ? '-' : '·'} by ${match.matchedBy}`;
  return [`${style.color ? `\u001b[1m${title}\u001b[22m` : title} ${why}`, ...body].join('\n');
};

export const formatLocate = (matches: readonly Match[], style: TextStyle): string =>
  matches.length === 0 ? '' : `${matches.map((match) => formatMatch(match, style)).join('\n')}\n`;
