/** Commands that bring the addresses of a link back: which, in which order, with which flags and lifetimes. */
import { compareInOrder } from './compare-lines.ts';

type Row = Readonly<Record<string, unknown>>;
type Argv = readonly string[];

const asRow = (line: string): Row => JSON.parse(line) as Row;
const isSix = (line: string): boolean => asRow(line)['family'] === 'inet6';
const forever = 4294967295;

const nameOf = (row: Row): string => `${row['local']}/${row['prefixlen']}`;

const flags = ['noprefixroute', 'nodad', 'home', 'mngtmpaddr', 'autojoin'];

/** `whole`: what the addresses' lifetimes were; `passed`: seconds since then. */
const lifetime = (row: Row, whole: string | undefined, passed: number): Argv => {
  if (row['dynamic'] !== true || whole === undefined) return [];
  const links = JSON.parse(whole) as readonly { readonly addr_info?: readonly Row[] }[];
  const known = links.flatMap(({ addr_info = [] }) => addr_info).find((one) => nameOf(one) === nameOf(row));
  const left = (name: string): string => {
    const seconds = Number(known?.[name] ?? forever);
    return seconds === forever ? 'forever' : String(Math.max(0, Math.round(seconds - passed)));
  };
  return ['valid_lft', left('valid_life_time'), 'preferred_lft', left('preferred_life_time')];
};

/** What names it to the kernel: with a peer, both. */
const identity = (row: Row): Argv =>
  row['address'] === undefined
    ? [nameOf(row)]
    : [String(row['local']), 'peer', `${row['address']}/${row['prefixlen']}`];

const words = (row: Row): Argv => [
  ...identity(row),
  ...(row['broadcast'] === undefined ? [] : ['brd', String(row['broadcast'])]),
  ...(row['label'] === undefined ? [] : ['label', String(row['label'])]),
  ...(row['scope'] === undefined ? [] : ['scope', String(row['scope'])]),
  ...(row['metric'] === undefined ? [] : ['metric', String(row['metric'])]),
  ...flags.filter((flag) => row[flag] === true),
];

/** IPv4 addresses are listed oldest first, IPv6 ones newest first (ipv6_link_dev_addr). */
export const restoreAddresses = (
  ifname: string,
  wanted: string,
  now: string,
  whole: string | undefined,
  passed: number,
): readonly Argv[] => {
  const of = (text: string, six: boolean) => {
    const lines = text === '' || text === 'absent' ? [] : text.split('\n').filter((line) => isSix(line) === six);
    return (six ? lines.toReversed() : lines).join('\n');
  };
  return [false, true].flatMap((six) => {
    const { gone, extra } = compareInOrder(of(wanted, six), of(now, six));
    return [
      ...extra.map((line) => ['ip', 'addr', 'del', ...identity(asRow(line)), 'dev', ifname]),
      ...gone.map((line) => {
        const row = asRow(line);
        return ['ip', 'addr', 'add', ...words(row), 'dev', ifname, ...lifetime(row, whole, passed)];
      }),
    ];
  });
};
