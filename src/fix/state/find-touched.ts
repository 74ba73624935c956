/** What a command will change, read from its argv: only what is read here can be compared and taken back. */
import type { Command } from '../../model/change.ts';
import { routeTypes } from '../../model/route.ts';
import { sysctlEffects } from './sysctl-effects.ts';
import { describeTouch, type Touch } from './touch.ts';

/** The word after the first of `names`. */
const after = (argv: readonly string[], ...names: readonly string[]): string | undefined => {
  const at = argv.findIndex((word) => names.includes(word));
  return at === -1 ? undefined : argv[at + 1];
};

export type Bare = Touch extends infer One ? (One extends Touch ? Omit<One, 'netns'> : never) : never;
type LinkKind = Extract<Touch, { ifname: string }>['kind'];

const ofLink = (kind: Exclude<LinkKind, 'link-routes'>, ifname: string | undefined): readonly Bare[] =>
  ifname === undefined ? [] : [{ kind, ifname }];

const routesOut = (ifname: string): readonly Bare[] => [
  { kind: 'link-routes', family: 4, ifname, effect: true },
  { kind: 'link-routes', family: 6, ifname, effect: true },
];

/**
 * What goes with a link: routes and IPv6 addresses when it goes down or below 1280 bytes, permanent neighbours also with a new MAC
 * (neigh_changeaddr), what a port was told with its master.
 */
const effectsOnLink = (ifname: string, words: readonly string[]): readonly Bare[] => {
  const has = (...names: readonly string[]) => names.some((name) => words.includes(name));
  const along = (kind: Exclude<LinkKind, 'link-routes'>): Bare => ({ kind, ifname, effect: true });
  return [
    ...(has('up', 'down', 'mtu') ? [along('addresses'), ...routesOut(ifname)] : []),
    ...(has('up', 'down', 'address', 'arp') ? [along('neighbours')] : []),
    ...(has('master', 'nomaster') ? [along('bridge-port'), along('vlans'), along('fdb')] : []),
  ];
};

const touchedByLinkSet = (words: readonly string[]): readonly Bare[] => {
  const ifname = after(words, 'dev') ?? words[0];
  if (ifname === undefined) return [];
  if (words.includes('bridge_slave')) return touchedPort(ifname, words);
  return [{ kind: 'link', ifname }, ...effectsOnLink(ifname, words)];
};

const touchedPort = (ifname: string, words: readonly string[]): readonly Bare[] => [
  { kind: 'bridge-port', ifname },
  ...(words.includes('state') ? ofLink('port-state', ifname) : []),
];

/** `ip [-4|-6] OBJECT VERB …`; objects may be shortened, as ip(8) allows and we never do. */
const touchedByIp = (argv: readonly string[]): readonly Bare[] => {
  const [object, verb, ...rest] = argv.slice(1).filter((word) => !word.startsWith('-'));
  const isSix =
    argv.includes('-6') || rest.some((word) => /^[0-9a-f]*:[0-9a-f:]*(\/\d+)?$/i.test(word) && word.includes('::'));
  const family = isSix ? 6 : 4;
  switch (object) {
    case 'link':
      if (verb === 'set') return touchedByLinkSet(rest);
      return verb === 'add'
        ? ofLink('link', after(rest, 'name') ?? rest.find((word) => !['link', 'type', 'dev'].includes(word)))
        : ofLink('link', after(rest, 'dev') ?? rest[0]);
    case 'addr':
    case 'address': {
      const ifname = after(rest, 'dev');
      // The last address of a link takes all its routes along (fib_disable_ip), each one those it is the source of.
      return ifname === undefined ? [] : [{ kind: 'addresses', ifname }, ...routesOut(ifname)];
    }
    case 'neigh':
      return ofLink('neighbours', after(rest, 'dev'));
    case 'route': {
      const destination = rest.find((word) => !routeTypes.includes(word));
      return destination === undefined ? [] : [{ kind: 'routes', family, destination }];
    }
    case 'rule':
      return [{ kind: 'policy-rules', family }];
    default:
      return [];
  }
};

const touchedByBridge = ([, object, , ...rest]: readonly string[]): readonly Bare[] => {
  const ifname = after(rest, 'dev');
  if (object === 'link') return ifname === undefined ? [] : touchedPort(ifname, rest);
  if (object === 'fdb') return ofLink('fdb', ifname);
  return object === 'vlan' ? ofLink('vlans', ifname) : [];
};

const touchedByIptables = (argv: readonly string[]): readonly Bare[] => {
  const chain = after(argv, '-A', '-I', '-D', '-R', '-P', '-F', '-N', '-X');
  if (chain === undefined) return [];
  return [{ kind: 'chain', tool: argv[0]!, table: after(argv, '-t') ?? 'filter', chain }];
};

const touchedBySysctl = (argv: readonly string[]): readonly Bare[] =>
  argv
    .slice(1)
    .filter((word) => word.includes('='))
    .map((word) => word.slice(0, word.indexOf('=')))
    .flatMap((name): readonly Bare[] => [{ kind: 'sysctl', name }, ...sysctlEffects(name)]);

const nftObjects: ReadonlySet<string> = new Set(['rule', 'chain', 'set', 'map', 'element', 'table']);

const touchedByNft = (argv: readonly string[]): readonly Bare[] => {
  const [, object = '', family, table] = argv.slice(1).filter((word) => !word.startsWith('-'));
  return nftObjects.has(object) && family !== undefined && table !== undefined
    ? [{ kind: 'nft-table', family, table }]
    : [];
};

const touchedBare = (argv: readonly string[]): readonly Bare[] => {
  const [tool = ''] = argv;
  if (/^ip6?tables(-nft|-legacy)?$/.test(tool)) return touchedByIptables(argv);
  switch (tool) {
    case 'ip':
      return touchedByIp(argv);
    case 'bridge':
      return touchedByBridge(argv);
    case 'sysctl':
      return touchedBySysctl(argv);
    case 'tc':
      return ofLink('qdisc', after(argv, 'dev'));
    case 'nft':
      return touchedByNft(argv);
    default:
      return [];
  }
};

/** Each thing once: what a command names before what goes along. */
export const uniqueTouches = (touches: readonly Touch[]): readonly Touch[] => {
  const isEffect = ({ effect }: Touch) => effect === true;
  const ordered = [...touches.filter((touch) => !isEffect(touch)), ...touches.filter(isEffect)];
  const found = new Map<string, Touch>();
  for (const touch of ordered) if (!found.has(describeTouch(touch))) found.set(describeTouch(touch), touch);
  return [...found.values()];
};

/** In the order of the commands, what goes along last. */
export const findTouched = (commands: readonly Command[]): readonly Touch[] =>
  uniqueTouches(
    commands.flatMap(({ argv, netns }) =>
      touchedBare(argv).map((bare): Touch => ({ ...bare, ...(netns === undefined ? {} : { netns }) })),
    ),
  );

/** Everything that the commands change is known, and can be compared. */
export const touchesOnlyKnown = (commands: readonly Command[]): boolean =>
  commands.every(({ argv }) => touchedBare(argv).length > 0);
