/** Matches, targets and nft expressions that are rarer on container hosts: drawn beside the common ones for seeds from 1,000,000 on. */
import type { Draw } from './random-rules.ts';

type Make = () => string;

const seesIn: ReadonlySet<string> = new Set(['PREROUTING', 'INPUT', 'FORWARD']);
const seesOut: ReadonlySet<string> = new Set(['OUTPUT', 'FORWARD', 'POSTROUTING']);

const anyAddress = ({ random, topology }: Draw): string =>
  random.pick(topology.addresses.filter((one) => one.family === 4)).address;

const hex = (address: string): string =>
  address
    .split('.')
    .map((part) => Number(part).toString(16).padStart(2, '0'))
    .join('');

/** `chain`: of iptables; matches that it does not allow there are left out. */
export const rareMatches = (draw: Draw, chain: string): readonly Make[] => {
  const { random } = draw;
  const not = (): string => (random.chance(0.25) ? '! ' : '');
  const makes: Make[] = [
    () => `-p tcp -m multiport ${not()}--ports ${random.pick(['80,8080', '81:82', '4000:4999'])}`,
    () => `-p udp -m multiport ${not()}--dports ${random.pick(['80,81', '8080:8081'])}`,
    () => `-p udp -m multiport --sports 4000:4999`,
    () =>
      `-p tcp --tcp-flags ${random.pick(['SYN,ACK SYN', 'FIN,SYN,RST,ACK SYN', 'ALL SYN', 'ACK ACK', 'SYN,ACK SYN,ACK'])}`,
    () => `-p tcp ! --syn`,
    () =>
      `-m u32 --u32 "${random.pick(['6&0xFF=6', '6&0xFF=17', '0>>22&0x3C@0&0xFFFF=80', `16=0x${hex(anyAddress(draw))}`, '6&0xFF=1,17'])}"`,
    () => `-m conntrack ${not()}--ctstatus ${random.pick(['SEEN_REPLY', 'ASSURED', 'CONFIRMED', 'NONE', 'EXPECTED'])}`,
    () => `-m conntrack ${not()}--ctproto ${random.pick(['tcp', 'udp', 'icmp'])}`,
    () => `-m conntrack ${not()}--ctorigsrc ${anyAddress(draw)}`,
    () => `-m conntrack ${not()}--ctreplsrc ${anyAddress(draw)}`,
    () => `-m conntrack --ctrepldst ${anyAddress(draw)}`,
    () => `-m conntrack --ctproto udp --ctorigdstport ${random.pick([80, 8080])}`,
    () =>
      `-m conntrack ${not()}--ctstate ${random.pick(['NEW,RELATED', 'SNAT,DNAT', 'INVALID,NEW', 'ESTABLISHED,DNAT'])}`,
    () => `-m pkttype ${not()}--pkt-type ${random.pick(['unicast', 'broadcast', 'multicast'])}`,
    () => `-m helper ${not()}--helper ftp`,
    () => `-m tos ${not()}--tos ${random.pick(['0x10/0x3f', '0x00/0xff'])}`,
    () => `-m iprange ${not()}--dst-range 10.10.0.1-10.10.0.${random.pick([10, 11, 99])}`,
    () => `${not()}-f`,
    () => `-m statistic --mode random ${not()}--probability 1.0`,
    () => `-m connlimit --connlimit-above 0`,
    () => `-m recent --name none ${not()}--set`,
    () => `-m devgroup ${not()}--src-group ${random.pick(['0x0', '0x1'])}`,
    () => `-p icmp --icmp-type ${random.pick(['any', '8/0', '3', '3/3', '11'])}`,
    () => `-p ${random.pick(['udplite', 'sctp', '47', 'esp'])}`,
    () => `-m mark ${not()}--mark ${random.pick(['0x4/0x4', '0x3/0xf', '0x10/0xf0'])}`,
    () => `-m comment --comment "-d 10.10.0.10/32 -p tcp --dport 80" -m comment --comment two`,
    () => `-p tcp -m comment --comment web -m tcp --dport 80`,
  ];
  if (seesIn.has(chain))
    makes.push(
      () => `-m mac ${not()}--mac-source 02:00:00:00:00:77`,
      () => `-m policy --dir in --pol ${random.pick(['none', 'ipsec'])}`,
      () => `-m addrtype ${not()}--${random.pick(['dst', 'src'])}-type LOCAL --limit-iface-in`,
    );
  if (seesOut.has(chain))
    makes.push(
      () => `-m policy --dir out --pol ${random.pick(['none', 'ipsec'])}`,
      () => `-m addrtype ${not()}--${random.pick(['dst', 'src'])}-type LOCAL --limit-iface-out`,
    );
  if (chain === 'POSTROUTING') makes.push(() => '-m owner --uid-owner 65533');
  if (chain === 'FORWARD' || chain === 'POSTROUTING')
    makes.push(
      () => `-m physdev ${not()}--physdev-is-in`,
      () => `-m physdev ${not()}--physdev-is-out --physdev-is-bridged`,
      () => `-m physdev ${not()}--physdev-in v+ --physdev-is-bridged`,
    );
  return makes;
};

/** Where it only counts or notes, what the past decides does not matter. */
export const idleRules = ({ random }: Draw): string =>
  `${random.pick([
    '-m limit --limit 1/s',
    '-m hashlimit --hashlimit-upto 1/s --hashlimit-name idle',
    '-m statistic --mode nth --every 2 --packet 0',
    '-m statistic --mode random --probability 0.5',
    '-m recent --name idle --rcheck',
    '-m connlimit --connlimit-above 2',
    '-m time --timestart 00:00 --timestop 12:00',
    '-m string --algo bm --string abc',
    '-m quota --quota 100',
    '-m cpu --cpu 0',
    '-m connbytes --connbytes 1 --connbytes-dir both --connbytes-mode packets',
  ])} ${random.pick(['', '-j NFLOG', '-j LOG'])}`;

export const rareTargets = (draw: Draw, table: string, chain: string): readonly Make[] => {
  const { random } = draw;
  const targets: Make[] = [() => '-j NFLOG --nflog-group 7', () => '-j LOG --log-prefix "a b"'];
  if (table === 'mangle')
    targets.push(
      () => `-j TTL --ttl-${random.pick(['set 1', 'set 2', 'dec 1', 'inc 5', 'dec 62'])}`,
      () => `-j DSCP --set-dscp ${random.pick(['0x04', '0x2e'])}`,
      () => `-j TOS --${random.pick(['set-tos 0x08/0xff', 'or-tos 0x10', 'xor-tos 0x04'])}`,
      () => `-j MARK --${random.pick(['or-mark 0x2', 'and-mark 0x1', 'xor-mark 0x3', 'set-mark 0x10'])}`,
      () =>
        `-j CONNMARK --${random.pick(['save-mark --nfmask 0x1 --ctmask 0xff', 'restore-mark --nfmask 0xff --ctmask 0xff', 'or-mark 0x1', 'set-mark 0x4'])}`,
      () => '-p udp -j CHECKSUM --checksum-fill',
    );
  if (table === 'raw') targets.push(() => `-j CT --${random.pick(['notrack', 'zone 5', 'zone-orig 3'])}`);
  if (table === 'filter' && chain !== 'U1' && chain !== 'U2')
    targets.push(
      () => '-p tcp -j REJECT --reject-with tcp-reset',
      () =>
        `-j REJECT --reject-with ${random.pick(['icmp-proto-unreachable', 'icmp-net-prohibited', 'icmp-port-unreachable'])}`,
    );
  return targets;
};

/** `withPorts`: the rule names tcp or udp. */
export const rareNat = (draw: Draw, chain: string, withPorts: boolean): readonly Make[] => {
  const { random } = draw;
  const target = anyAddress(draw);
  if (chain === 'PREROUTING' || chain === 'OUTPUT')
    return [
      () => (withPorts ? `-j DNAT --to-destination :${random.pick([80, 81])}` : '-j RETURN'),
      () =>
        withPorts
          ? `-j DNAT --to-destination ${target}:80 --random`
          : `-j DNAT --to-destination ${target} --persistent`,
      () => `-j NETMAP --to ${random.pick(['10.10.0.0/24', '10.77.0.0/28', `${target}/32`])}`,
    ];
  return [
    () => (withPorts ? `-j MASQUERADE --to-ports 6000-6999` : '-j MASQUERADE --random-fully'),
    () => `-j NETMAP --to ${target}/32`,
  ];
};

export const rareNftMatches = (draw: Draw, hook: string): readonly string[] => {
  const { random, links } = draw;
  const a = anyAddress(draw);
  const b = anyAddress(draw);
  const quoted = links.map((link) => `"${link}"`);
  return [
    `ip saddr . ip daddr { ${a} . ${b}, 10.10.0.10 . 10.77.0.11 }`,
    `ip saddr . tcp dport { 10.10.0.0/24 . 80-81, ${a} . 8080 }`,
    `ip daddr . meta l4proto . th dport { ${a} . tcp . 80, ${b} . udp . 80 }`,
    `ip daddr & 255.255.255.0 == 10.10.0.0`,
    `ip daddr != { ${a}, 10.11.0.0/25 }`,
    `ip saddr @spans`,
    `ip daddr . th dport @pairs`,
    `tcp flags syn`,
    `tcp flags & (syn | ack) == syn`,
    `tcp flags & (syn | ack) == ${random.pick(['syn | ack', 'ack'])}`,
    `tcp dport != { 80, 8080-8090 }`,
    `th dport ${random.pick(['80', '{ 80, 81 }', '!= 80'])}`,
    `th sport 4000-4999`,
    `@th,16,16 80`,
    `@nh,128,32 0x${hex(a)}`,
    `@nh,72,8 ${random.pick([6, 17])}`,
    `ct original ip daddr ${a}`,
    `ct original ip saddr ${a}`,
    `ct reply ip saddr ${a}`,
    `ct l3proto ipv4`,
    `ct protocol ${random.pick(['tcp', 'udp'])}`,
    `ct mark ${random.pick(['0x4', '!= 0x0', '& 0x4 == 0x4'])}`,
    `ct status ${random.pick(['seen-reply', 'assured', 'confirmed', '& dnat != 0', '! dnat'])}`,
    `ct zone ${random.pick(['0', '!= 0'])}`,
    `ct state { new, established }`,
    `ct state & (established | related) == 0`,
    `ct helper "ftp"`,
    `meta mark & 0xff != 0x1`,
    `meta mark { 0x0, 0x2-0x5 }`,
    `meta pkttype ${random.pick(['host', '!= host', '{ broadcast, multicast }'])}`,
    `meta length ${random.pick(['< 60', '>= 60', '60-84'])}`,
    `meta protocol ip`,
    `meta l4proto != { icmp, udp }`,
    `meta iifgroup ${random.pick(['default', '!= default'])}`,
    `ip dscp ${random.pick(['cs0', '!= cs0', '{ cs1, af21 }'])}`,
    `ip length < 61`,
    `ip hdrlength 5`,
    `ip version 4`,
    `ip frag-off & 0x1fff == 0`,
    `icmp type { echo-request, echo-reply }`,
    `icmp type != echo-reply`,
    `icmp code 0`,
    ...(hook === 'prerouting' ? ['fib daddr . iif type local', 'fib saddr oif "eth0"'] : []),
    ...(hook === 'output' || hook === 'postrouting' || hook === 'none'
      ? []
      : [`iifname . ip saddr { ${quoted[0] ?? '"lo"'} . ${a} }`]),
    ...(hook === 'forward'
      ? [`iifname . oifname { ${quoted[0] ?? '"lo"'} . ${quoted.at(-1) ?? '"lo"'} }`, 'meta iifname != "lo"']
      : []),
  ];
};

/** Statements without a verdict, or with one; rules of NAT chains have their own. */
export const rareNftVerdicts = (draw: Draw, hook: string): readonly string[] => {
  const { random, links } = draw;
  const a = anyAddress(draw);
  const quoted = links.map((link) => `"${link}"`);
  const early = hook === 'prerouting' || hook === 'output';
  return [
    'ct state vmap { established : accept, related : accept, new : jump sub }',
    `tcp dport vmap { 80 : accept, 81 : drop, 8080-8090 : return }`,
    `ip saddr . ip daddr vmap { ${a} . 10.77.0.11 : drop, 10.10.0.10 . ${a} : accept }`,
    `ip daddr . th dport vmap { ${a} . 80 : goto sub, ${a} . 8080 : drop }`,
    `meta l4proto vmap { tcp : jump sub, udp : accept }`,
    `ip daddr vmap { 10.10.0.0/25 : accept, 10.11.0.0-10.11.0.20 : drop, * : continue }`,
    `meta mark set ip daddr map { 10.11.0.10-10.11.0.12 : 0x1, 10.10.0.0/28 : 0x2 }`,
    `meta mark set meta mark | 0x2`,
    `meta mark set meta mark & 0xfffffffe ^ 0x4`,
    `meta mark set ct mark`,
    `ct mark set meta mark`,
    `ct mark set ct mark | 0x4`,
    `ip ttl set ${random.pick([1, 2, 60])}`,
    `ip dscp set ${random.pick(['cs1', 'ef'])}`,
    `limit rate 1/second`,
    `log group 7`,
    `meta nftrace set 1`,
    `add @seen { ip saddr }`,
    `update @seen { ip saddr timeout 1m }`,
    `reject with icmp ${random.pick(['admin-prohibited', 'host-unreachable', 'port-unreachable'])}`,
    `meta l4proto tcp reject with tcp reset`,
    `counter name total`,
    ...(quoted.length > 0 && hook !== 'output' && hook !== 'none' && hook !== 'postrouting'
      ? [`iifname vmap { ${quoted[0]} : jump sub }`]
      : []),
    ...(early ? ['notrack'] : []),
  ];
};

export const rareNftNat = (draw: Draw, hook: string): readonly string[] => {
  const { random } = draw;
  const a = anyAddress(draw);
  if (hook === 'postrouting')
    return [
      'masquerade random',
      `meta l4proto { tcp, udp } masquerade to :6000-6999`,
      `snat to ip saddr map { 10.10.0.0/24 : 10.77.0.11, 10.11.0.0/24 : ${a} }`,
      `oifname . ip saddr vmap { "eth0" . 10.10.0.10 : accept }`,
    ];
  return [
    `meta l4proto { tcp, udp } dnat to ${a}:80`,
    `meta l4proto tcp redirect to :${random.pick([80, 81])}`,
    `dnat to tcp dport map { 8080 : ${a}, 81 : 10.10.0.10 }`,
    `dnat to ip daddr . tcp dport map { 10.77.0.11 . 8080 : ${a} . 80, 10.10.0.1 . 81 : 10.10.0.10 . 80 }`,
    `fib daddr type local tcp dport { 8080, 8081 } dnat to 10.10.0.10:80`,
  ];
};
