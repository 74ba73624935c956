/** What `ip link` and `ip addr` print for people → what they print with -j: links, and their addresses where they were asked for. */
import { readInfoLine } from './read-info-line.ts';
import { as, type Fact, linesOf, mark, takeWords, toValue, wordsOf } from './take-words.ts';

/** `12: eth0@if13: <UP> mtu 1500 …`; with -o addresses stand behind the name alone. The kernel allows no colon in a name. */
const heading = /^(\d+):\s+([^:\s]+)(?::\s+<([^>]*)>)?\s*(.*)$/;

const ofLink = {
  mtu: as('mtu', toValue),
  qdisc: as('qdisc'),
  master: as('master'),
  state: as('operstate'),
  mode: as('linkmode'),
  group: as('group'),
  qlen: as('txqlen', toValue),
};
const ofAddress = {
  brd: as('broadcast'),
  'link-netnsid': as('link_netnsid', Number),
  'link-netns': as('link_netns'),
  promiscuity: as('promiscuity', toValue),
  minmtu: as('min_mtu', toValue),
  maxmtu: as('max_mtu', toValue),
};
const scopes = {
  scope: as('scope'),
  brd: as('broadcast'),
  metric: as('metric', toValue),
  proto: as('protocol'),
};
const marks = Object.fromEntries(
  [
    'secondary',
    'deprecated',
    'tentative',
    'dadfailed',
    'noprefixroute',
    'dynamic',
    'nodad',
    'mngtmpaddr',
    'temporary',
  ].map((word) => [word, mark(word)]),
);

const parseAddress = (family: 'inet' | 'inet6', words: readonly string[]): Fact => {
  const [first = '', ...others] = words;
  const peer = others[0] === 'peer' ? others[1] : undefined;
  const [local = ''] = first.split('/');
  const [other, length] = (peer ?? first).split('/');
  const fact: Fact = {
    family,
    local,
    ...(peer === undefined ? {} : { address: other }),
    prefixlen: length === undefined ? (family === 'inet' ? 32 : 128) : Number(length),
  };
  const label = takeWords(peer === undefined ? others : others.slice(2), fact, { ...scopes, ...marks });
  return family === 'inet' && label.length === 1 ? { ...fact, label: label[0] } : fact;
};

const parseHeading = ([, ifindex, name = '', flags, rest = '']: readonly string[]): Fact => {
  const at = name.lastIndexOf('@');
  const [ifname, other] = at > 0 ? [name.slice(0, at), name.slice(at + 1)] : [name, undefined];
  const link: Fact = {
    ifindex: Number(ifindex),
    ifname,
    ...(other === undefined ? {} : { link: other === 'NONE' ? null : other }),
    ...(flags === undefined ? {} : { flags: flags.split(',').filter((flag) => flag !== '') }),
  };
  if (flags !== undefined) takeWords(wordsOf(rest), link, ofLink);
  return link;
};

const readLine = (link: Fact, line: string): void => {
  const [first = '', ...words] = wordsOf(line);
  if (first === 'inet' || first === 'inet6') {
    const before = (link['addr_info'] as readonly Fact[] | undefined) ?? [];
    link['addr_info'] = [...before, parseAddress(first, words)];
  } else if (first.startsWith('link/')) {
    link['link_type'] = first.slice('link/'.length);
    if (words[0] !== undefined && words[0] !== 'promiscuity') link['address'] = words[0];
    takeWords(words, link, ofAddress);
  } else if (first === 'alias') link['ifalias'] = line.trim().slice('alias '.length);
  else if (first === 'altname') link['altnames'] = [...((link['altnames'] as string[] | undefined) ?? []), words[0]];
  else if (/^[a-z][a-z0-9]*(_slave)?$/.test(first) && first !== 'vf' && link['promiscuity'] !== undefined)
    readInfoLine(link, line);
};

/** `@if13` names an index that counts elsewhere; a link of that very name here is meant by its name. */
const resolveOther = (link: Fact, names: ReadonlySet<unknown>): Fact => {
  const { link: other, ...rest } = link;
  const index = typeof other === 'string' ? /^if(\d+)$/.exec(other)?.[1] : undefined;
  if (index === undefined || (names.has(other) && link['link_netnsid'] === undefined)) return link;
  return { ...rest, link_index: Number(index) };
};

export const parsePrintedLinks = (text: string): readonly Fact[] => {
  const links = new Map<string, Fact>();
  let current: Fact | undefined;
  for (const whole of linesOf(text)) {
    const head = heading.exec(whole);
    if (head === null) {
      if (current !== undefined && /^\s/.test(whole)) readLine(current, whole);
      continue;
    }
    const [, index = '', , flags, rest = ''] = head;
    const before = links.get(index);
    current = before ?? parseHeading(head);
    links.set(index, current);
    // -o folds the lines of a link into one.
    for (const line of rest.split('\\').slice(flags === undefined ? 0 : 1)) readLine(current, line);
  }
  const names = new Set([...links.values()].map((link) => link['ifname']));
  return [...links.values()].map((link) => resolveOther(link, names));
};
