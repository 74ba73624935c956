/** The kernel's own counters say which rules real packets match; our matches must say the same. */
import { spawnSync } from 'node:child_process';
import { describe, expect } from 'vitest';
import type { Packet } from '../../src/model/packet.ts';
import type { Rule, Ruleset } from '../../src/model/ruleset.ts';
import { evaluateChains } from '../../src/netfilter/evaluate-chains.ts';
import { baseChains } from '../../src/netfilter/hook-stages.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';
import { around, entry, present } from '../netfilter/sample-packets.ts';
import { requires } from '../support/requires.ts';

const mac = '02:00:00:00:00:0a';

/** A SYN, a datagram and an echo request from the other end of a veth; `load` and `save` are shell lines. */
const script = (load: string, save: string, options: { readonly six: boolean }) => {
  const [net, here, there] = options.six ? ['/64 nodad', 'fd00:9::1', 'fd00:9::2'] : ['/24', '10.9.0.1', '10.9.0.2'];
  const send = `
    const net = require('net'), dgram = require('dgram');
    const done = () => process.exit(0);
    const udp = dgram.createSocket('udp${options.six ? 6 : 4}');
    udp.on('error', () => {});
    udp.bind(40001, () => udp.send('12345678', 53, '${here}', () =>
      net.connect({ host: '${here}', port: 80, localPort: 40000 }).on('error', done)));`;
  return `
set -e
unshare --net sleep 60 & pid=$!
trap 'kill $pid' EXIT
while [ "$(readlink /proc/$pid/ns/net)" = "$(readlink /proc/self/ns/net)" ]; do :; done
ip link set lo up
ip link add vhere type veth peer name vthere address ${mac} netns $pid
ip addr add ${here}${net} dev vhere; ip link set vhere up
other() { nsenter --target $pid --net "$@"; }
other ip addr add ${there}${net} dev vthere; other ip link set vthere up
# A fresh link is not ready at once.
for try in $(seq 30); do ping -c 1 -W 1 ${there} >/dev/null 2>&1 && break || sleep 0.2; done
${load}
other ping -c 1 -W 2 ${here} >/dev/null
other ${process.execPath} -e ${JSON.stringify(send).replace(/\\n\s*/g, ' ')}
${save}
`;
};

const run = (load: string, save: string, options = { six: false }) =>
  spawnSync('unshare', ['--net', 'sh', '-s'], { input: script(load, save, options), encoding: 'utf8' });

const packets = (six: boolean): readonly Packet[] => {
  const common: Omit<Packet, 'proto' | 'length'> = {
    family: six ? 6 : 4,
    src: six ? 'fd00:9::2' : '10.9.0.2',
    dst: six ? 'fd00:9::1' : '10.9.0.1',
    ttl: 64,
    mark: 0,
    tos: 0,
    dontFragment: true,
    in: 'vhere',
    srcMac: mac,
  };
  const header = six ? 40 : 20;
  return [
    { ...common, proto: 'tcp', sport: 40000, dport: 80, tcpFlags: ['SYN'], length: header + 40 },
    { ...common, proto: 'udp', sport: 40001, dport: 53, length: header + 16 },
    { ...common, proto: six ? 'icmpv6' : 'icmp', icmpType: six ? 128 : 8, icmpCode: 0, length: header + 64 },
  ];
};

const contextOf = (packet: Packet) => {
  const { src, dst, proto, sport, dport } = packet;
  const original = { src, dst, proto, ...(sport && { sport }), ...(dport && { dport }) };
  const reply = { src: dst, dst: src, proto, ...(dport && { sport: dport }), ...(sport && { dport: sport }) };
  return around({
    ct: entry('NEW', [], { original, reply }),
    addressType: (address) => (address === dst ? 'local' : 'unicast'),
    linkIndex: () => 2,
    fib: ({ address }) => (address === src ? 'vhere' : 'lo'),
    payload: new TextEncoder().encode('12345678'),
  });
};

/** How many of the packets match the rule at each position; one of which that is unknown is left out. */
const predicted = (ruleset: Ruleset, six: boolean): Map<number, number> => {
  const { chains } = baseChains(ruleset, six ? 'ip6' : 'ip', 'prerouting');
  const counts = new Map<number, number>();
  for (const rule of chains[0]!.chain.rules) counts.set(rule.index, 0);
  for (const packet of packets(six))
    for (const { at, matched } of evaluateChains(ruleset, chains, packet, contextOf(packet)).steps) {
      const before = counts.get(at.index);
      if (matched === 'unknown') counts.delete(at.index);
      else if (before !== undefined) counts.set(at.index, before + 1);
    }
  return counts;
};

/** The first two rules keep everything out that is none of the probes. */
const compare = (ruleset: Ruleset, six: boolean) => {
  const rules: readonly Rule[] = baseChains(ruleset, six ? 'ip6' : 'ip', 'prerouting').chains[0]!.chain.rules;
  const counts = predicted(ruleset, six);
  const known = rules.filter((rule) => rule.index > 2 && counts.has(rule.index));
  const different = known
    .filter((rule) => rule.counters?.packets !== counts.get(rule.index))
    .map((rule) => `${rule.text}: kernel ${rule.counters?.packets}, we ${counts.get(rule.index)}`);
  return { known: known.length, different };
};

const sharedMatches = [
  '-i vhere',
  '! -i vhere',
  '-i vhe+',
  '! -i vhe+',
  '-i +',
  '-i vher',
  '-p tcp',
  '! -p tcp',
  '-p udp',
  '! -p udp',
  '-p sctp',
  '-p tcp -m tcp --dport 80',
  '-p tcp -m tcp ! --dport 80',
  '-p tcp -m tcp --dport 1:79',
  '-p tcp -m tcp --dport 80:',
  '-p tcp -m tcp --sport 40000:40001',
  '-p udp -m udp --dport 53',
  '-p udp -m udp ! --sport 1:1024',
  '-p tcp --syn',
  '-p tcp ! --syn',
  '-p tcp --tcp-flags ALL SYN',
  '-p tcp --tcp-flags SYN,ACK ACK',
  '-p tcp -m multiport --dports 22,80,1000:2000',
  '-p tcp -m multiport ! --dports 22,80',
  '-p udp -m multiport --ports 53',
  '-p udp -m multiport --ports 54,40000:50000',
  '-p udp -m multiport ! --ports 54,55',
  '-m addrtype --dst-type LOCAL',
  '-m addrtype ! --dst-type LOCAL',
  '-m addrtype --src-type LOCAL',
  '-m addrtype --src-type UNICAST',
  '-m addrtype --dst-type MULTICAST,LOCAL',
  '-m addrtype --dst-type LOCAL --limit-iface-in',
  '-m conntrack --ctstate NEW',
  '-m conntrack ! --ctstate NEW',
  '-m conntrack --ctstate RELATED,ESTABLISHED',
  '-m conntrack --ctstate INVALID,NEW',
  '-m conntrack ! --ctstate DNAT',
  '-m conntrack --ctdir ORIGINAL',
  '-m conntrack --ctdir REPLY',
  '-m conntrack --ctproto 6',
  '-m conntrack ! --ctproto 6',
  '-m conntrack --ctorigdstport 80',
  '-m conntrack --ctorigsrcport 40000:40001',
  '-m conntrack --ctreplsrcport 53',
  '-m conntrack --ctstate NEW --ctorigdstport 81',
  '-m conntrack --ctstatus NONE',
  '-m conntrack ! --ctstatus NONE',
  '-m conntrack --ctstatus ASSURED',
  '-m conntrack ! --ctstatus CONFIRMED',
  '-m state --state NEW',
  '-m mark --mark 0x0',
  '-m mark ! --mark 0x0/0xff',
  '-m mark --mark 0x1/0x1',
  '-m connmark --mark 0x0',
  '-m connmark ! --mark 0x0',
  `-m mac --mac-source ${mac}`,
  `-m mac ! --mac-source ${mac}`,
  '-m mac --mac-source 02:00:00:00:00:0b',
  '-m pkttype --pkt-type unicast',
  '-m pkttype ! --pkt-type unicast',
  '-m pkttype --pkt-type broadcast',
  '-m dscp --dscp 0x00',
  '-m dscp ! --dscp 0x00',
  '-m dscp --dscp-class EF',
  '-m tos --tos 0x00/0xff',
  '-m physdev --physdev-in veth0',
  '-m physdev ! --physdev-in veth0',
  '-m physdev --physdev-is-bridged',
  '-m physdev ! --physdev-is-bridged',
  '-m physdev --physdev-is-in',
  '-m policy --dir in --pol none',
  '-m policy --dir in --pol ipsec',
  '-m statistic --mode random --probability 1',
  '-m statistic --mode nth --every 1 --packet 0',
  '-m rpfilter',
  '-m rpfilter --invert',
  '-m rpfilter --loose',
  '-m comment --comment "it\'s \\"quoted\\""',
  '-m recent --set --name vs',
  '-m recent ! --set --name vs',
  '-m socket',
  '-m connlimit --connlimit-above 0',
  '-m helper --helper ftp',
  '-m helper ! --helper ftp',
]; // prettier-ignore

const matches4 = [
  '-s 10.9.0.2',
  '! -s 10.9.0.2',
  '-s 10.9.0.0/24',
  '-d 10.9.0.0/31',
  '! -d 10.0.0.0/8',
  '-s 10.0.0.2/255.0.0.255',
  '-d 0.0.0.0/0',
  '-f',
  '! -f',
  '-p icmp',
  '-p icmp --icmp-type 8',
  '-p icmp --icmp-type 8/0',
  '-p icmp --icmp-type 8/1',
  '-p icmp ! --icmp-type 8/1',
  '-p icmp ! --icmp-type echo-reply',
  '-p icmp --icmp-type any',
  '-m iprange --src-range 10.9.0.1-10.9.0.2',
  '-m iprange ! --dst-range 10.9.0.2-10.9.0.9',
  '-m length --length 60',
  '-m length --length 36:59',
  '-m length ! --length 84',
  '-m ttl --ttl-eq 64',
  '-m ttl --ttl-lt 64',
  '-m ttl --ttl-gt 63',
  '-m ttl ! --ttl-eq 64',
  '-m conntrack --ctorigsrc 10.9.0.2',
  '-m conntrack ! --ctorigdst 10.9.0.0/24',
  '-m conntrack --ctreplsrc 10.9.0.1',
  '-m u32 --u32 "0x6&0xff=0x6"',
  '-m u32 --u32 "0x6&0xff=0x1,0x11"',
  '-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x50"',
  '-p udp -m u32 --u32 "0x0>>0x16&0x3c@0x8=0x31323334"',
  '-p udp -m u32 --u32 "0x0>>0x16&0x3c@0x8=0x31323335"',
  '-p udp -m u32 --u32 "0x0>>0x16&0x3c@0x20=0x0"',
  '-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"',
  '-m bpf --bytecode "4,48 0 0 9,21 0 1 17,6 0 0 1,6 0 0 0"',
  '-m bpf ! --bytecode "4,48 0 0 8,21 0 1 64,6 0 0 1,6 0 0 0"',
]; // prettier-ignore

const matches6 = [
  '-s fd00:9::2',
  '! -s fd00:9::/64',
  '-d fd00:9::/127',
  '-s fe80::/10',
  '-p ipv6-icmp',
  '-p ipv6-icmp -m icmp6 --icmpv6-type 128',
  '-p ipv6-icmp -m icmp6 --icmpv6-type echo-request',
  '-p ipv6-icmp -m icmp6 ! --icmpv6-type 135',
  '-m hl --hl-eq 64',
  '-m hl --hl-lt 64',
  '-m rt --rt-type 0',
  '-m frag',
  '-m hbh',
  '-m dst',
  '-m length --length 80',
  '-m iprange --src-range fd00:9::1-fd00:9::9',
]; // prettier-ignore

describe.each([
  ['iptables', 'nft', 4],
  ['iptables', 'legacy', 4],
  ['ip6tables', 'nft', 6],
  ['ip6tables', 'legacy', 6],
] as const)('%s, backend %s', (tool, backend, family) => {
  const { test } = requires(
    'root',
    'tool:ping',
    `tool:${tool}-${backend}`,
    `kernel:iptables-${backend}`,
    'kernel:veth',
  );
  const six = family === 6;

  test('matches what the kernel matches', () => {
    const command = `${tool}-${backend}`;
    const others = six ? ['! -s fd00:9::2', '-p ipv6-icmp -m icmp6 ! --icmpv6-type 128'] : ['! -s 10.9.0.2', '-p igmp'];
    const add = (rule: string) => `${command} -t mangle -A PREROUTING ${rule}`;
    const rules = [...sharedMatches, ...(six ? matches6 : matches4)];
    const load = [
      ...others.map((rule) => add(`${rule} -j ACCEPT`)),
      ...rules.map((rule) => `${add(rule)} 2>/dev/null || true`),
    ].join('\n');
    const done = run(load, `${command}-save -c -t mangle`, { six });
    expect(done.status, done.stderr).toBe(0);
    const key = `${tool}${backend === 'nft' ? 'Nft' : 'Legacy'}` as 'iptablesNft';
    const { known, different } = compare(parseRuleset({ [key]: done.stdout, present }), six);
    expect(different).toEqual([]);
    expect(known).toBeGreaterThan(rules.length * 0.8);
  });
});

const nftMatches = [
  'iifname "vhere"',
  'iifname != "vhere"',
  'iifname "vh*"',
  'iifname { "vhere", "lo" }',
  'iif "vhere"',
  'iif != "lo"',
  'oifname "x"',
  'oifname != "x"',
  'oif 0',
  'meta l4proto tcp',
  'meta l4proto != tcp',
  'meta l4proto { tcp, udp }',
  'ip saddr 10.9.0.2',
  'ip saddr != 10.9.0.2',
  'ip daddr 10.9.0.0/24',
  'ip daddr 10.9.0.1-10.9.0.5',
  'ip daddr { 10.9.0.0/30, 192.0.2.1 }',
  'ip6 saddr ::1',
  'ip6 saddr != ::1',
  'ip protocol udp',
  'ip ttl 64',
  'ip ttl < 64',
  'ip length 60',
  'ip dscp cs0',
  'tcp dport 80',
  'tcp dport != 80',
  'tcp dport < 81',
  'tcp dport 1-80',
  'tcp dport { 22, 80 }',
  'udp dport 53',
  'udp dport != 53',
  'udp length 16',
  'th dport 53',
  'th dport { 80, 53 } meta l4proto tcp',
  'tcp flags syn',
  'tcp flags == syn',
  'tcp flags != syn',
  'tcp flags & (syn | ack) == syn',
  'tcp flags ! ack',
  'tcp flags syn / fin,syn,rst,ack',
  'icmp type echo-request',
  'icmp type != echo-request',
  'icmp type { echo-reply, 8 }',
  'icmp code 0',
  'icmpv6 type 128',
  'ct state new',
  'ct state established,related',
  'ct state { new, untracked }',
  'ct state != new',
  'ct status dnat',
  'ct status != dnat',
  'ct direction original',
  'ct mark 0',
  'ct mark != 0',
  'ct original ip saddr 10.9.0.2',
  'ct original proto-dst 80',
  'ct reply proto-src 53',
  'ct protocol tcp',
  'ct helper "ftp"',
  'meta mark 0',
  'meta mark & 0xff == 0',
  'meta mark != 1',
  'meta pkttype host',
  'meta pkttype { broadcast, multicast }',
  'meta nfproto ipv4',
  'meta nfproto ipv6',
  'meta protocol ip',
  'meta length 60',
  'meta skuid 0',
  'meta skuid != 0',
  'ether saddr 02:00:00:00:00:0a',
  'ether saddr != 02:00:00:00:00:0a',
  'ether type ip',
  'fib daddr type local',
  'fib saddr type local',
  'fib saddr type != local',
  'fib saddr type { local, unicast }',
  'fib saddr . iif oif missing',
  'fib saddr . iif oif exists',
  'fib saddr . iif oif "vhere"',
  'ip saddr . tcp dport { 10.9.0.2 . 80 }',
  'ip saddr . udp dport { 10.9.0.0/24 . 50-60 }',
  'ip saddr . meta l4proto vmap { 10.9.0.2 . udp : continue }',
  '@nh,64,8 64',
  '@th,16,16 80',
  '@th,16,16 53',
  '@nh,0,8 & 0xf0 == 0x40',
  'meta ipsec missing',
  'exthdr rt exists',
  'exthdr frag missing',
  'meta iifgroup 0',
  'tcp dport vmap { 80 : continue }',
  'ip frag-off & 0x1fff == 0',
  'ip version 4',
  'meta l4proto tcp meta length > 59',
]; // prettier-ignore

describe('nft', () => {
  const { test } = requires('root', 'tool:ping', 'kernel:nft', 'kernel:veth');

  test('matches what the kernel matches', () => {
    const others = ['ip6 version 6 accept', 'ip saddr != 10.9.0.2 accept'];
    const load = [
      'nft add table inet t',
      "nft 'add chain inet t c { type filter hook prerouting priority -150; }'",
      ...others.map((rule) => `nft add rule inet t c '${rule}'`),
      ...nftMatches.map((rule) => `nft 'add rule inet t c ${rule} counter' 2>/dev/null || true`),
    ].join('\n');
    const done = run(load, 'nft -j list ruleset');
    expect(done.status, done.stderr).toBe(0);
    const { known, different } = compare(parseRuleset({ nft: done.stdout, present }), false);
    expect(different).toEqual([]);
    expect(known).toBeGreaterThan(nftMatches.length * 0.8);
  });
});
