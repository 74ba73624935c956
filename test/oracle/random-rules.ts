/** Random rule sets of every backend, made of the matches and targets that container hosts use. */
import type { Random } from './random.ts';
import {
  idleRules,
  rareMatches,
  rareNat,
  rareNftMatches,
  rareNftNat,
  rareNftVerdicts,
  rareTargets,
} from './random-extensions.ts';
import type { Builder, Topology } from './topology.ts';

export interface Draw {
  /** Rare matches and targets too. */
  readonly wide: boolean;
  readonly random: Random;
  readonly build: Builder;
  readonly topology: Topology;
  readonly netns: string;
  readonly links: readonly string[];
  readonly ports: readonly string[];
}

type Backend = 'iptables-nft' | 'iptables-legacy';

const services = [80, 81, 82, 8080];

const address = ({ random, topology }: Draw): string => {
  const v4 = topology.addresses.filter((one) => one.family === 4);
  const one = random.pick(v4);
  return random.pick([
    one.address,
    one.address,
    `${one.address.split('.').slice(0, 3).join('.')}.0/24`,
    '10.0.0.0/8',
    '203.0.113.0/24',
  ]);
};

const maybeNot = (random: Random): string => (random.chance(0.2) ? '! ' : '');

/** Chains where a link may be named. */
const seesIn: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD']);
const seesOut: ReadonlySet<string> = new Set(['OUTPUT', 'FORWARD', 'POSTROUTING']);

const protocolMatch = ({ random }: Draw): string =>
  random.pick([
    () => `-p ${random.pick(['tcp', 'udp', 'icmp'])}`,
    () => `-p ${random.pick(['tcp', 'udp'])} ${maybeNot(random)}--dport ${random.pick(services)}`,
    () => `-p udp --dport 80:${80 + random.below(3)}`,
    () => `-p ${random.pick(['tcp', 'udp'])} --sport 4000:4999`,
    () => `-p tcp -m multiport --dports 80,${random.pick([81, 82, 443])}`,
    () => '-p icmp --icmp-type 8',
    () => '-p icmp --icmp-type 0',
    () => '-p tcp --syn',
    () => `${maybeNot(random)}-p tcp`,
  ])();

const otherMatch = (draw: Draw, chain: string): string => {
  const { random } = draw;
  const states = [
    'NEW',
    'ESTABLISHED',
    'RELATED,ESTABLISHED',
    'INVALID',
    'DNAT',
    'SNAT',
    'NEW,ESTABLISHED',
    'UNTRACKED',
  ];
  const physdev = chain === 'FORWARD' || chain === 'POSTROUTING' || chain === 'PREROUTING';
  return random.pick([
    () => `-m conntrack ${maybeNot(random)}--ctstate ${random.pick(states)}`,
    () => `-m conntrack --ctstate ${random.pick(states)}`,
    () => `-m state --state ${random.pick(['NEW', 'ESTABLISHED', 'RELATED,ESTABLISHED'])}`,
    () => `-m addrtype ${maybeNot(random)}--dst-type ${random.pick(['LOCAL', 'UNICAST', 'BROADCAST'])}`,
    () => `-m addrtype ${maybeNot(random)}--src-type ${random.pick(['LOCAL', 'UNICAST'])}`,
    () => `-m mark ${maybeNot(random)}--mark ${random.pick(['0x1', '0x1/0x1', '0x2/0x3', '0x0'])}`,
    () => `-m connmark --mark ${random.pick(['0x1', '0x0', '0x4/0x4'])}`,
    () => '-m comment --comment "any packet, \\"quoted\\""',
    () => `-m iprange --src-range 10.10.0.${1 + random.below(10)}-10.11.0.99`,
    () => `-m ttl --ttl-${random.pick(['eq', 'lt', 'gt'])} ${random.pick([62, 63, 64])}`,
    () => `-m length --length ${random.pick(['0:63', '64:100', '60', '84'])}`,
    () => `-m dscp ${maybeNot(random)}--dscp 0x04`,
    () => `-m conntrack --ctorigdst ${address(draw)}`,
    () => `-m conntrack --ctdir ${random.pick(['ORIGINAL', 'REPLY'])}`,
    () =>
      physdev && draw.ports.length > 0
        ? `-m physdev --physdev-${random.pick(chain === 'PREROUTING' ? ['in'] : ['in', 'in'])} ${random.pick(draw.ports)}`
        : '',
    () => (chain === 'FORWARD' || chain === 'POSTROUTING' ? `-m physdev ${maybeNot(random)}--physdev-is-bridged` : ''),
    () =>
      chain === 'PREROUTING'
        ? `-m rpfilter ${random.pick(['', '--loose ', '--validmark '])}${random.pick(['', '--invert'])}`
        : '',
  ])();
};

/** `family`: which hook's words are allowed; user chains only take what every hook knows. */
const matches = (draw: Draw, chain: string): string => {
  const { random, links } = draw;
  const parts: string[] = [];
  const ifname = (): string => random.pick([...links, ...links, 'lo', 'br+', 'nothere']);
  if (seesIn.has(chain) && random.chance(0.45)) parts.push(`${maybeNot(random)}-i ${ifname()}`);
  if (seesOut.has(chain) && random.chance(0.45)) parts.push(`${maybeNot(random)}-o ${ifname()}`);
  if (random.chance(0.3)) parts.push(`${maybeNot(random)}-s ${address(draw)}`);
  if (random.chance(0.35)) parts.push(`${maybeNot(random)}-d ${address(draw)}`);
  const needsProtocol = random.chance(0.4);
  if (needsProtocol) parts.push(protocolMatch(draw));
  if (random.chance(0.35)) parts.push(otherMatch(draw, chain));
  if (draw.wide && random.chance(0.45)) {
    const rare = random.pick(rareMatches(draw, chain))();
    // One protocol a rule.
    if (!/-p /.test(rare) || !parts.some((part) => /-p /.test(part))) parts.push(rare);
  }
  return parts.filter(Boolean).join(' ');
};

const verdict = (draw: Draw, table: string, chain: string, users: readonly string[]): string => {
  const { random } = draw;
  const common = ['ACCEPT', 'ACCEPT', 'RETURN', 'DROP', ''];
  const jumps = chain.startsWith('U') ? [] : users.map((user) => user);
  const options: readonly (() => string)[] = [
    () => `-j ${random.pick(common.filter(Boolean))}`,
    () => (jumps.length > 0 ? `${random.pick(['-j', '-j', '-j', '-g'])} ${random.pick(jumps)}` : '-j RETURN'),
    () =>
      table === 'filter'
        ? `-j REJECT${random.pick(['', ' --reject-with icmp-admin-prohibited', ' --reject-with icmp-host-unreachable'])}`
        : '',
    () =>
      table === 'mangle'
        ? `-j MARK --set-xmark ${random.pick(['0x1/0xffffffff', '0x2/0x2', '0x1/0x0', '0x0/0x1'])}`
        : '-j ACCEPT',
    () =>
      table === 'mangle'
        ? `-j CONNMARK ${random.pick(['--set-xmark 0x4/0x4', '--save-mark', '--restore-mark', '--set-xmark 0x1/0xffffffff'])}`
        : '-j ACCEPT',
    () => (table === 'raw' ? `-j ${random.pick(['CT --notrack', 'ACCEPT'])}` : '-j ACCEPT'),
    () => (table === 'filter' ? '-j REJECT' : table === 'mangle' ? '-j TOS --set-tos 0x10/0xff' : ''),
    () => '',
  ];
  if (draw.wide && random.chance(0.35)) return random.pick(rareTargets(draw, table, chain))();
  return random.pick(options)();
};

const natVerdict = (draw: Draw, chain: string, line: string): string => {
  const { random, topology } = draw;
  const target = random.pick(topology.addresses.filter((one) => one.family === 4)).address;
  const withPorts = /-p (tcp|udp)/.test(line) && !/! -p/.test(line);
  const own = topology.addresses.filter((one) => one.netns === draw.netns && one.family === 4);
  if (draw.wide && random.chance(0.3)) return random.pick(rareNat(draw, chain, withPorts))();
  if (chain === 'PREROUTING' || chain === 'OUTPUT') {
    return random.pick([
      () => `-j DNAT --to-destination ${target}`,
      () =>
        withPorts
          ? `-j DNAT --to-destination ${target}:${random.pick([80, 81])}`
          : `-j DNAT --to-destination ${target}`,
      () => (withPorts ? `-j REDIRECT --to-ports ${random.pick([80, 81])}` : '-j REDIRECT'),
      () => '-j RETURN',
      () => '-j ACCEPT',
      () => (random.chance(0.3) ? '-j NETMAP --to 10.10.0.0/24' : '-j RETURN'),
    ])();
  }
  const source = own.length > 0 ? random.pick(own).address : target;
  return random.pick([
    () => '-j MASQUERADE',
    () => '-j MASQUERADE',
    () =>
      chain === 'POSTROUTING'
        ? `-j SNAT --to-source ${random.chance(0.8) ? source : target}`
        : `-j SNAT --to-source ${source}`,
    () => (withPorts ? `-j SNAT --to-source ${source}:5000-5999` : `-j SNAT --to-source ${source}`),
    () => '-j ACCEPT',
    () => '-j RETURN',
  ])();
};

const builtIn: Readonly<Record<string, readonly string[]>> = {
  raw: ['PREROUTING', 'OUTPUT'],
  mangle: ['PREROUTING', 'INPUT', 'FORWARD', 'OUTPUT', 'POSTROUTING'],
  nat: ['PREROUTING', 'INPUT', 'OUTPUT', 'POSTROUTING'],
  filter: ['INPUT', 'FORWARD', 'OUTPUT'],
};

const natRule = (draw: Draw, chain: string): string | undefined => {
  if (chain === 'INPUT' && draw.random.chance(0.8)) return undefined;
  const line = matches(draw, chain);
  const target = natVerdict(draw, chain, line);
  // MASQUERADE is for POSTROUTING alone; `-m rpfilter` not for nat.
  if (chain === 'INPUT' && target.includes('MASQUERADE')) return undefined;
  if (line.includes('rpfilter')) return undefined;
  return `-A ${chain} ${line} ${target}`;
};

const plainRule = (draw: Draw, table: string, chain: string, users: readonly string[]): string | undefined => {
  if (draw.wide && draw.random.chance(0.1)) return `-A ${chain} ${idleRules(draw)}`;
  const line = matches(draw, chain);
  if (line.includes('rpfilter') && table !== 'raw' && table !== 'mangle') return undefined;
  // conntrack has not seen the packet yet in raw; a bare DROP of everything leaves nothing to test.
  const target = verdict(draw, table, chain, users);
  if (line === '' && /DROP|REJECT/.test(target)) return undefined;
  if (/-p /.test(line) && /-p /.test(target)) return undefined;
  return `-A ${chain} ${line} ${target}`;
};

const tableText = (draw: Draw, table: string): string => {
  const { random } = draw;
  const users = table === 'nat' ? [] : ['U1', 'U2'];
  const lines = [`*${table}`];
  for (const chain of builtIn[table]!) {
    const policy = table === 'filter' && random.chance(0.2) ? 'DROP' : 'ACCEPT';
    lines.push(`:${chain} ${policy} [0:0]`);
  }
  for (const user of users) lines.push(`:${user} - [0:0]`);
  const body: string[] = [];
  for (const chain of [...builtIn[table]!, ...users]) {
    for (let n = random.below(table === 'filter' ? 5 : 3); n > 0; n--) {
      const rule = table === 'nat' ? natRule(draw, chain) : plainRule(draw, table, chain, users);
      if (rule !== undefined) body.push(rule);
    }
  }
  return [...lines, ...body, 'COMMIT', ''].join('\n');
};

/** What every Docker host has, so that whole rule sets of that shape are tried and not only loose rules. */
const dockerText = (draw: Draw): string => {
  const { random } = draw;
  const app = draw.links.includes('br-app');
  const bridges = app ? ['docker0', 'br-app'] : ['docker0'];
  const net = (bridge: string): string => (bridge === 'docker0' ? '10.10.0.0/24' : '10.11.0.0/24');
  const era = random.pick([20, 28, 29]);
  const hairpinAlways = era < 28;
  const filter: string[] = [
    '*filter',
    ':INPUT ACCEPT [0:0]',
    `:FORWARD ${random.pick(['DROP', 'DROP', 'ACCEPT'])} [0:0]`,
    ':OUTPUT ACCEPT [0:0]',
    ':DOCKER - [0:0]',
    ':DOCKER-USER - [0:0]',
    ':S1 - [0:0]',
    ':S2 - [0:0]',
  ];
  const nat: string[] = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
    ':DOCKER - [0:0]',
  ];
  const raw: string[] = ['*raw', ':PREROUTING ACCEPT [0:0]', ':OUTPUT ACCEPT [0:0]'];
  filter.push('-A FORWARD -j DOCKER-USER');
  if (era < 29) filter.push('-A FORWARD -j S1');
  const icc = random.chance(0.7) ? 'ACCEPT' : 'DROP';
  for (const bridge of bridges) {
    filter.push(
      `-A FORWARD -o ${bridge} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT`,
      `-A FORWARD -o ${bridge} -j DOCKER`,
    );
    filter.push(`-A FORWARD -i ${bridge} ! -o ${bridge} -j ACCEPT`, `-A FORWARD -i ${bridge} -o ${bridge} -j ${icc}`);
    if (era < 29) filter.push(`-A S1 -i ${bridge} ! -o ${bridge} -j S2`, `-A S2 -o ${bridge} -j DROP`);
    if (random.chance(0.85)) nat.push(`-A POSTROUTING -s ${net(bridge)} ! -o ${bridge} -j MASQUERADE`);
    const target = bridge === 'docker0' ? '10.10.0.10' : '10.11.0.10';
    const port = bridge === 'docker0' ? 8080 : 8081;
    for (const proto of ['tcp', 'udp']) {
      const skip = era < 29 || random.chance(0.5) ? `! -i ${bridge} ` : '';
      nat.push(`-A DOCKER ${skip}-p ${proto} -m ${proto} --dport ${port} -j DNAT --to-destination ${target}:80`);
      if (hairpinAlways || random.chance(0.4))
        nat.push(`-A POSTROUTING -s ${target}/32 -d ${target}/32 -p ${proto} -m ${proto} --dport 80 -j MASQUERADE`);
      filter.push(`-A DOCKER -d ${target}/32 ! -i ${bridge} -o ${bridge} -p ${proto} -m ${proto} --dport 80 -j ACCEPT`);
    }
    if (era >= 28) filter.push(`-A DOCKER ! -i ${bridge} -o ${bridge} -j DROP`);
    if (era >= 28) raw.push(`-A PREROUTING -d ${target}/32 ! -i ${bridge} -j DROP`);
    if (random.chance(0.3)) nat.push(`-A POSTROUTING -o ${bridge} -m addrtype --src-type LOCAL -j MASQUERADE`);
  }
  nat.push(
    '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
    `-A OUTPUT ${random.pick(['', '! -d 127.0.0.0/8 '])}-m addrtype --dst-type LOCAL -j DOCKER`,
  );
  if (random.chance(0.3))
    filter.push(
      `-A DOCKER-USER ${matches(draw, 'FORWARD')} -j ${random.pick(['DROP', 'RETURN', 'ACCEPT'])}`.replace(
        /-m rpfilter[^-]*(--\S+ ?)*/,
        '',
      ),
    );
  if (era < 29) filter.push('-A S1 -j RETURN', '-A S2 -j RETURN');
  return [...filter, 'COMMIT', ...nat, 'COMMIT', ...(era >= 28 ? [...raw, 'COMMIT'] : []), ''].join('\n');
};

const load = (draw: Draw, backend: Backend, text: string): void => {
  const tool = backend === 'iptables-nft' ? 'iptables-nft-restore' : 'iptables-legacy-restore';
  draw.build.inside(draw.netns, `${tool} <<'RULES'\n${text}RULES`);
};

/** IPv6: neighbour discovery is let through by most rule sets, as real ones do; some forget it. */
const rules6 = (draw: Draw): string => {
  const { random, topology, links } = draw;
  const v6 = topology.addresses.filter((one) => one.family === 6);
  const own = v6.filter((one) => one.netns === draw.netns);
  const ends = (): string =>
    random.pick([random.pick(v6).address, `${random.pick(v6).address.split('::')[0]}::/64`, 'fd00::/8']);
  const line = (chain: string): string => {
    const parts: string[] = [];
    if (seesIn.has(chain) && random.chance(0.4)) parts.push(`${maybeNot(random)}-i ${random.pick(links)}`);
    if (seesOut.has(chain) && random.chance(0.4)) parts.push(`${maybeNot(random)}-o ${random.pick(links)}`);
    if (random.chance(0.3)) parts.push(`${maybeNot(random)}-s ${ends()}`);
    if (random.chance(0.4)) parts.push(`${maybeNot(random)}-d ${ends()}`);
    const more = [
      '-p tcp --dport 80',
      '-p udp --dport 80:82',
      '-p ipv6-icmp --icmpv6-type 128',
      '-p tcp',
      '-m conntrack --ctstate NEW',
      '-m conntrack --ctstate RELATED,ESTABLISHED',
      '-m addrtype --dst-type LOCAL',
      '-m mark --mark 0x1',
      '-m hl --hl-eq 64',
      '-m conntrack --ctstate INVALID',
    ];
    if (random.chance(0.6)) parts.push(random.pick(more));
    return parts.join(' ');
  };
  const rule = (chain: string, verdicts: readonly string[]): string | undefined => {
    const words = line(chain);
    const target = random.pick(verdicts);
    if (/DROP|REJECT/.test(target) && !/-p|conntrack/.test(words) && !random.chance(0.15)) return undefined;
    return `-A ${chain} ${words} ${target}`;
  };
  const many = (chain: string, verdicts: readonly string[], most: number): readonly string[] =>
    Array.from({ length: random.below(most + 1) }, () => rule(chain, verdicts)).filter((one) => one !== undefined);
  const discovery = random.chance(0.85)
    ? ['INPUT', 'OUTPUT', 'FORWARD'].flatMap((chain) =>
        [135, 136].map((type) => `-A ${chain} -p ipv6-icmp --icmpv6-type ${type} -j ACCEPT`),
      )
    : [];
  const policy = (): string => (random.chance(0.15) ? 'DROP' : 'ACCEPT');
  const filter = [
    '*filter',
    `:INPUT ${policy()} [0:0]`,
    `:FORWARD ${policy()} [0:0]`,
    `:OUTPUT ${policy()} [0:0]`,
    ...discovery,
  ];
  for (const chain of ['INPUT', 'FORWARD', 'OUTPUT'])
    filter.push(...many(chain, ['-j ACCEPT', '-j ACCEPT', '-j DROP', '-j REJECT', '-j RETURN', ''], 4));
  const nat = [
    '*nat',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
  ];
  const target = random.pick(v6).address;
  nat.push(...many('PREROUTING', [`-j DNAT --to-destination ${target}`, '-j RETURN', '-j REDIRECT'], 2));
  nat.push(...many('OUTPUT', [`-j DNAT --to-destination ${target}`, '-j RETURN'], 1));
  nat.push(
    ...many('POSTROUTING', ['-j MASQUERADE', '-j MASQUERADE', `-j SNAT --to-source ${(own[0] ?? v6[0]!).address}`], 2),
  );
  const mangle = [
    '*mangle',
    ':PREROUTING ACCEPT [0:0]',
    ':INPUT ACCEPT [0:0]',
    ':FORWARD ACCEPT [0:0]',
    ':OUTPUT ACCEPT [0:0]',
    ':POSTROUTING ACCEPT [0:0]',
  ];
  mangle.push(
    ...many('PREROUTING', ['-j MARK --set-xmark 0x1/0xffffffff', '-j ACCEPT'], 2),
    ...many('OUTPUT', ['-j MARK --set-xmark 0x1/0xffffffff', '-j ACCEPT'], 1),
  );
  return [
    ...filter,
    'COMMIT',
    ...(random.chance(0.6) ? [...nat, 'COMMIT'] : []),
    ...(random.chance(0.3) ? [...mangle, 'COMMIT'] : []),
    '',
  ].join('\n');
};

const addRules6 = (draw: Draw): void => {
  const tool = draw.random.pick(['ip6tables-nft-restore', 'ip6tables-legacy-restore']);
  draw.build.inside(draw.netns, `${tool} <<'RULES'\n${rules6(draw)}RULES`);
};

const nftMatch = (draw: Draw, hook: string): string => {
  const { random, links } = draw;
  const parts: string[] = [];
  const v4 = (): string => random.pick(draw.topology.addresses.filter((one) => one.family === 4)).address;
  const not = random.chance(0.25) ? '!= ' : '';
  const quoted = links.map((link) => `"${link}"`);
  if (hook !== 'output' && random.chance(0.35))
    parts.push(
      `iifname ${random.pick([`${not}"${random.pick(links)}"`, `{ ${quoted.slice(0, 2).join(', ')} }`, '"br*"'])}`,
    );
  if (hook !== 'prerouting' && hook !== 'input' && random.chance(0.35))
    parts.push(`oifname ${random.pick([`${not}"${random.pick(links)}"`, `{ ${quoted.join(', ')} }`])}`);
  if (random.chance(0.3))
    parts.push(
      `ip saddr ${random.pick([`${not}${v4()}`, '10.10.0.0/24', '{ 10.10.0.0/24, 203.0.113.80 }', '@known'])}`,
    );
  if (random.chance(0.35))
    parts.push(
      `ip daddr ${random.pick([v4(), `${not}10.11.0.0/24`, '{ 10.10.0.10-10.10.0.20, 10.77.0.0/24 }', '@known'])}`,
    );
  const more = [
    `tcp dport ${random.pick(['80', '{ 80, 81 }', '!= 80', '80-82'])}`,
    `udp dport ${random.pick(['80', '{ 80, 8080 }', '81'])}`,
    'meta l4proto { tcp, udp }',
    'ip protocol icmp',
    'icmp type echo-request',
    `ct state ${random.pick(['new', 'established,related', 'invalid', '!= established', 'untracked'])}`,
    `ct status ${random.pick(['dnat', 'snat'])}`,
    `ct direction ${random.pick(['original', 'reply'])}`,
    `meta mark ${random.pick(['0x1', '!= 0x0', 'and 0x3 == 0x2'])}`,
    `fib ${random.pick(['daddr', 'saddr'])} type ${random.pick(['local', '!= local', 'unicast'])}`,
    'ip daddr . tcp dport { 10.10.0.10 . 80, 10.77.0.11 . 8080 }',
    'meta nfproto ipv4',
    'ip ttl < 64',
    ...(hook === 'prerouting' ? ['fib saddr . iif oif missing', 'fib saddr . iif oif eq 0'] : []),
  ];
  if (random.chance(0.6)) parts.push(random.pick(more));
  if (draw.wide && random.chance(0.5)) parts.push(random.pick(rareNftMatches(draw, hook)));
  return parts.join(' ');
};

const nftVerdict = (draw: Draw, type: string, hook: string): string => {
  const { random } = draw;
  if (draw.wide && random.chance(0.4))
    return random.pick(type === 'nat' ? rareNftNat(draw, hook) : rareNftVerdicts(draw, hook));
  if (type === 'nat') {
    const target = random.pick(draw.topology.addresses.filter((one) => one.family === 4)).address;
    if (hook === 'postrouting') return random.pick(['masquerade', 'masquerade', `snat to ${target}`, 'return']);
    return random.pick([
      `dnat to ${target}`,
      'redirect',
      'accept',
      `dnat to ip daddr map { 10.77.0.11 : 10.10.0.10, 10.10.0.1 : 10.10.0.10 }`,
    ]);
  }
  return random.pick([
    'accept',
    'drop',
    'reject',
    'jump sub',
    'goto sub',
    'return',
    'meta mark set 0x1',
    'ct mark set 0x4',
    'ip saddr vmap @verdicts',
    '',
  ]);
};

const nftRule = (draw: Draw, type: string, hook: string): string | undefined => {
  const line = nftMatch(draw, hook);
  const target = nftVerdict(draw, type, hook);
  if (line === '' && /drop|reject/.test(target)) return undefined;
  // reject is not for prerouting of old kernels nor for postrouting.
  if (/reject/.test(target) && hook !== 'input' && hook !== 'forward' && hook !== 'output') return undefined;
  if (target.includes('ct mark') && type === 'route') return undefined;
  if (type === 'nat' && target.includes('map') && hook === 'postrouting') return undefined;
  return `    ${line} counter ${target}`;
};

const rareSets = [
  '  set spans { type ipv4_addr; flags interval; elements = { 10.10.0.5-10.10.0.20, 10.77.0.0/29 } }',
  '  set pairs { type ipv4_addr . inet_service; flags interval; elements = { 10.10.0.0/25 . 80-81, 10.77.0.11 . 8080 } }',
  '  set seen { type ipv4_addr; size 100; flags dynamic,timeout; timeout 1m; }',
  '  counter total { }',
];

const nftText = (draw: Draw): string => {
  const { random } = draw;
  const chains = [
    ['filter', 'prerouting', random.pick([-300, -150, 0])],
    ['filter', 'forward', random.pick([-10, 0, 10])],
    ['filter', 'input', 0],
    ['filter', 'output', random.pick([0, -310])],
    ['filter', 'postrouting', random.pick([0, 50, 110])],
    ['route', 'output', -150],
    ['nat', 'prerouting', random.pick([-100, -150])],
    ['nat', 'output', -100],
    ['nat', 'postrouting', 100],
  ] as const;
  const chosen = random.some(chains, 0.45);
  // NAT statements of inet tables name their family; those here do not.
  const inet = draw.wide && random.chance(0.4);
  const used = inet ? chosen.filter(([type]) => type !== 'nat') : chosen;
  const sub = [nftRule(draw, 'filter', 'none'), nftRule(draw, 'filter', 'none')].filter(
    (rule) => rule !== undefined && !/sub|reject|oifname|iifname/.test(rule),
  );
  const body = used.map(([type, hook, priority]) => {
    const policy = type === 'filter' && random.chance(0.1) ? 'drop' : 'accept';
    const rules = Array.from({ length: 1 + random.below(3) }, () => nftRule(draw, type, hook)).filter(
      (rule) => rule !== undefined,
    );
    return `  chain ${type}-${hook} {\n    type ${type} hook ${hook} priority ${priority}; policy ${policy};\n${rules.join('\n')}\n  }`;
  });
  return [
    `table ${inet ? 'inet' : 'ip'} mine {`,
    ...(draw.wide ? rareSets : []),
    '  set known { type ipv4_addr; flags interval; elements = { 10.10.0.0/28, 203.0.113.80 } }',
    '  map verdicts { type ipv4_addr : verdict; elements = { 10.10.0.11 : drop, 10.11.0.10 : accept } }',
    `  chain sub {\n${sub.join('\n')}\n  }`,
    ...body,
    '}',
    '',
  ].join('\n');
};

/** Rules of one netns: of one backend, or of several at once. */
const addRules = (draw: Draw): void => {
  const { random } = draw;
  const backends = random.pick([
    ['iptables-nft'],
    ['iptables-nft'],
    ['iptables-legacy'],
    ['nft'],
    ['iptables-nft', 'nft'],
    ['iptables-legacy', 'nft'],
    ['docker'],
    ['docker'],
    ['docker', 'nft'],
  ] as const);
  for (const backend of backends) {
    if (backend === 'nft') draw.build.inside(draw.netns, `nft -f - <<'RULES'\n${nftText(draw)}RULES`);
    else if (backend === 'docker')
      load(draw, random.pick(['iptables-nft', 'iptables-legacy'] as const), dockerText(draw));
    else
      load(
        draw,
        backend,
        random
          .some(['raw', 'mangle', 'nat', 'filter'], 0.6)
          .map((table) => tableText(draw, table))
          .join(''),
      );
  }
};

/** `wide`: rare matches and targets too. */
export const addRandomRules = (random: Random, topology: Topology, build: Builder, wide: boolean): void => {
  const draw = (netns: string): Draw => {
    const own = topology.links.filter((link) => link.netns === netns);
    return {
      wide,
      random,
      build,
      topology,
      netns,
      links: own.filter((link) => link.master === undefined).map((link) => link.ifname),
      ports: own.filter((link) => link.master !== undefined).map((link) => link.ifname),
    };
  };
  if (random.chance(0.85)) addRules(draw('h'));
  const v6 = topology.addresses.some((one) => one.family === 6);
  if (v6 && random.chance(0.6)) addRules6(draw('h'));
  for (const netns of topology.netns) if (v6 && netns !== 'h' && random.chance(0.1)) addRules6(draw(netns));
  for (const netns of topology.netns) if (netns !== 'h' && random.chance(0.15)) addRules(draw(netns));
};
