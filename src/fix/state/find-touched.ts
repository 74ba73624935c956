/** What a command will change, read from its argv: only what is read here can be compared and taken back. */
import type { Command } from '../../model/change.ts';
import { describeTouch, type Touch } from './touch.ts';

/** The word after the first of `names`. */
const after = (argv: readonly string[], ...names: readonly string[]): string | undefined => {
  const at = argv.findIndex((word) => names.includes(word));
  return at === -1 ? undefined : argv[at + 1];
};

type Bare = Touch extends infer One ? (One extends Touch ? Omit<One, 'netns'> : never) : never;

const ofLink = (kind: Extract<Touch, { ifname: string }>['kind'], ifname: string | undefined): readonly Bare[] =>
  ifname === undefined ? [] : [{ kind, ifname }];

/** `ip [-4|-6] OBJECT VERB …`; objects may be shortened, as ip(8) allows and we never do. */
const touchedByIp = (argv: readonly string[]): readonly Bare[] => {
  const [object, verb, ...rest] = argv.slice(1).filter((word) => !word.startsWith('-'));
  const six =
    argv.includes('-6') || rest.some((word) => /^[0-9a-f]*:[0-9a-f:]*(\/\d+)?$/i.test(word) && word.includes('::'));
  const family = six ? 6 : 4;
  switch (object) {
    case 'link':
      return verb === 'add'
        ? ofLink('link', after(rest, 'name') ?? rest.find((word) => !['link', 'type', 'dev'].includes(word)))
        : ofLink('link', after(rest, 'dev') ?? rest[0]);
    case 'addr':
    case 'address':
      return ofLink('addresses', after(rest, 'dev'));
    case 'neigh':
      return ofLink('neighbours', after(rest, 'dev'));
    case 'route':
      return rest[0] === undefined ? [] : [{ kind: 'routes', family, destination: rest[0] }];
    case 'rule':
      return [{ kind: 'policy-rules', family }];
    default:
      return [];
  }
};

const touchedByBridge = ([, object, , ...rest]: readonly string[]): readonly Bare[] => {
  const ifname = after(rest, 'dev');
  if (object === 'link') return ofLink('bridge-port', ifname);
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
    .map((word) => ({ kind: 'sysctl', name: word.slice(0, word.indexOf('=')) }));

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
    case 'nft': {
      const [, , object, family, table] = argv;
      return object === 'rule' && family !== undefined && table !== undefined
        ? [{ kind: 'nft-table', family, table }]
        : [];
    }
    default:
      return [];
  }
};

/** Each thing once, in the order of the commands. */
export const findTouched = (commands: readonly Command[]): readonly Touch[] => {
  const all = commands.flatMap(({ argv, netns }) =>
    touchedBare(argv).map((bare): Touch => ({ ...bare, ...(netns === undefined ? {} : { netns }) })),
  );
  return [...new Map(all.map((touch) => [describeTouch(touch), touch])).values()];
};
