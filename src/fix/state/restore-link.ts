/** Commands that bring a link, what a bridge knows of it as its port, and its queue back to how they stood. */

/** argv of one command. */
export type Argv = readonly string[];

type Row = Readonly<Record<string, unknown>>;

const asRow = (text: string): Row | undefined => (text.startsWith('{') ? (JSON.parse(text) as Row) : undefined);

/** Flags that `ip link set` writes: [flag, word]. The one for ARP says the opposite. */
const flagWords = [
  ['MULTICAST', 'multicast'],
  ['ALLMULTI', 'allmulticast'],
  ['PROMISC', 'promisc'],
] as const;

const onOff = (on: boolean): string => (on ? 'on' : 'off');

export const restoreLink = (ifname: string, wanted: string, now: string): readonly Argv[] => {
  const [old, fresh] = [asRow(wanted), asRow(now)];
  if (wanted === 'absent' && fresh !== undefined) return [['ip', 'link', 'del', 'dev', ifname]];
  if (old === undefined || fresh === undefined) return [];
  const has = (row: Row, flag: string) => (row['flags'] as readonly string[]).includes(flag);
  const differs = (name: string) => old[name] !== fresh[name];
  const differsIn = (flag: string) => has(old, flag) !== has(fresh, flag);
  const set = (...words: Argv): Argv => ['ip', 'link', 'set', 'dev', ifname, ...words];
  return [
    ...(differs('master')
      ? [old['master'] === undefined ? set('nomaster') : set('master', String(old['master']))]
      : []),
    ...(differs('address') && old['address'] !== undefined ? [set('address', String(old['address']))] : []),
    ...(differs('mtu') ? [set('mtu', String(old['mtu']))] : []),
    ...(differs('txqlen') ? [set('txqueuelen', String(old['txqlen']))] : []),
    ...(differs('ifalias') ? [set('alias', String(old['ifalias'] ?? ''))] : []),
    ...(differs('group') ? [set('group', String(old['group'] ?? 'default'))] : []),
    ...(differsIn('NOARP') ? [set('arp', onOff(!has(old, 'NOARP')))] : []),
    ...flagWords.flatMap(([flag, word]) => (differsIn(flag) ? [set(word, onOff(has(old, flag)))] : [])),
    ...(differsIn('UP') ? [set(has(old, 'UP') ? 'up' : 'down')] : []),
  ];
};

const portValue = (value: unknown): string => (typeof value === 'boolean' ? onOff(value) : String(value));

/** One command for all: no moment in between. `ip -d -j link` calls them as `ip link set` does. */
export const restorePort = (ifname: string, wanted: string, now: string): readonly Argv[] => {
  const [old, fresh] = [asRow(wanted), asRow(now)];
  if (old === undefined || fresh === undefined) return [];
  const words = Object.entries(old).flatMap(([name, value]) => (fresh[name] === value ? [] : [name, portValue(value)]));
  return words.length === 0 ? [] : [['ip', 'link', 'set', 'dev', ifname, 'type', 'bridge_slave', ...words]];
};

/** net/bridge: BR_STATE_*. */
const portStates = ['disabled', 'listening', 'learning', 'forwarding', 'blocking'];

export const restorePortState = (ifname: string, wanted: string): readonly Argv[] => {
  const state = portStates.indexOf(wanted);
  return state === -1 ? [] : [['bridge', 'link', 'set', 'dev', ifname, 'state', String(state)]];
};

/** What `tc` prints of these is what it reads. */
const writableQueues = /^qdisc (netem|tbf|bfifo) ([0-9a-f]+:) root (.*)$/;

/** The kernel gave it, by itself (handle 0), and gives it again. */
const isDefaultQueue = (text: string): boolean =>
  text === '' || text.split('\n').every((line) => /^qdisc \S+ 0: /.test(line));

/** undefined: it cannot be made again as it was. */
export const restoreQueue = (ifname: string, wanted: string): readonly Argv[] | undefined => {
  if (isDefaultQueue(wanted)) return [['tc', 'qdisc', 'del', 'dev', ifname, 'root']];
  const [, kind, handle, words] = writableQueues.exec(wanted) ?? [];
  if (kind === undefined || handle === undefined || words === undefined) return undefined;
  return [
    ['tc', 'qdisc', 'replace', 'dev', ifname, 'root', 'handle', handle, kind, ...words.split(/\s+/).filter(Boolean)],
  ];
};
