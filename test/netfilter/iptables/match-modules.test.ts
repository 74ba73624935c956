import { describe, expect, test } from 'vitest';
import type { Packet } from '../../../src/model/packet.ts';
import { around, entry, matches, syn, syn6 } from '../sample-packets.ts';

const udp = (changes: Partial<Packet> = {}) => syn({ proto: 'udp', dport: 53, ...changes });
const ping = (changes: Partial<Packet> = {}) => {
  const { sport: _s, dport: _d, ...rest } = syn({ proto: 'icmp', icmpType: 8, icmpCode: 0, ...changes });
  return rest;
};
const anyPort = () => {
  const { sport: _, ...rest } = syn();
  return rest;
};

describe('header options', () => {
  test.each([
    ['-s 172.17.0.0/16', true],
    ['-s 172.17.0.3/32', false],
    ['! -s 172.17.0.3/32', true],
    ['-d 198.51.100.7/32', true],
    ['! -d 198.51.100.0/24', false],
    ['-d 0.0.0.0/0', true],
    ['-d 198.51.0.7/255.255.0.255', true],
    ['-d 198.51.0.8/255.255.0.255', false],
    ['-s 172.17.0.9,172.17.0.2', true],
    ['-i docker0', true],
    ['-i docker', false],
    ['-i docker+', true],
    ['-i +', true],
    ['! -i docker+', false],
    ['-o eth0 -i docker0', true],
    ['! -o docker0', true],
    ['-p tcp', true],
    ['-p 6', true],
    ['! -p udp', true],
    ['-p all', true],
    ['-p sctp', false],
    ['-f', false],
    ['! -f', true],
  ])('%s on a forwarded SYN: %s', (rule, expected) => {
    expect(matches(rule)).toBe(expected);
  });

  test('without a link every name is the empty one', () => {
    const { in: _, ...local } = syn();
    expect(matches('! -i docker0', local)).toBe(true);
    expect(matches('-i lo', local)).toBe(false);
    expect(matches('-i +', local)).toBe(true);
  });

  test('a star in an iptables name is no wildcard', () => {
    expect(matches('-i docker*')).toBe(false);
    expect(matches('-i docker*', syn({ in: 'docker*' }))).toBe(true);
  });
});

describe('ports', () => {
  test.each([
    ['-p tcp -m tcp --dport 80', true],
    ['-p tcp --dport 80', true],
    ['-p tcp -m tcp ! --dport 80', false],
    ['-p tcp -m tcp --dport 1:79', false],
    ['-p tcp -m tcp --dport :80', true],
    ['-p tcp -m tcp --dport 80:', true],
    ['-p tcp -m tcp --sport 40000:41000 --dport 80', true],
    ['-p tcp -m tcp --sport 1:1023 --dport 80', false],
    ['-p udp -m udp --dport 80', false],
    ['-p tcp -m multiport --dports 22,80,8000:8080', true],
    ['-p tcp -m multiport ! --dports 22,80', false],
    ['-p tcp -m multiport --ports 40000', true],
    ['-p tcp -m multiport --ports 41000,81', false],
    ['-p tcp -m multiport ! --ports 41000,81', true],
    ['-p tcp -m multiport --sports 80', false],
  ])('%s: %s', (rule, expected) => {
    expect(matches(rule)).toBe(expected);
  });

  test('a source port nobody has chosen yet is unknown only where it can make a difference', () => {
    expect(matches('-p tcp -m tcp --sport 1:65535', anyPort())).toBe(true);
    expect(matches('-p tcp -m tcp --sport 40000', anyPort())).toBe('unknown');
    const range = around({ ephemeralPorts: [32768, 60999] });
    expect(matches('-p tcp -m tcp --sport 80', anyPort(), range)).toBe(false);
    expect(matches('-p tcp -m tcp --sport 1024:65535', anyPort(), range)).toBe(true);
    expect(matches('-p tcp -m multiport --sports 22,80', anyPort(), range)).toBe(false);
  });

  test.each([
    ['--syn', true],
    ['! --syn', false],
    ['--tcp-flags FIN,SYN,RST,ACK SYN', true],
    ['--tcp-flags SYN,ACK SYN,ACK', false],
    ['--tcp-flags ALL NONE', false],
    ['! --tcp-flags ALL NONE', true],
  ])('-p tcp -m tcp %s on a SYN: %s', (options, expected) => {
    expect(matches(`-p tcp -m tcp ${options}`)).toBe(expected);
  });

  test('TCP options are not known, ports beside them still decide', () => {
    expect(matches('-p tcp -m tcp --dport 80 --tcp-option 8')).toBe('unknown');
    expect(matches('-p tcp -m tcp --dport 81 --tcp-option 8')).toBe(false);
  });
});

describe('icmp', () => {
  test.each([
    ['-p icmp -m icmp --icmp-type 8', true],
    ['-p icmp -m icmp --icmp-type echo-request', true],
    ['-p icmp -m icmp --icmp-type 8/0', true],
    ['-p icmp -m icmp --icmp-type 8/1', false],
    ['-p icmp -m icmp ! --icmp-type 8/1', true],
    ['-p icmp -m icmp --icmp-type any', true],
    ['-p icmp -m icmp --icmp-type 3/4', false],
    ['-p icmp', true],
    ['-p tcp -m tcp --dport 80', false],
  ])('%s on an echo request: %s', (rule, expected) => {
    expect(matches(rule, ping())).toBe(expected);
  });

  test('ICMPv6 types go by number and name', () => {
    const solicit = syn6({ proto: 'icmpv6', icmpType: 135 });
    expect(matches('-p ipv6-icmp -m icmp6 --icmpv6-type 135', solicit)).toBe(true);
    expect(matches('-p ipv6-icmp -m icmp6 --icmpv6-type neighbour-solicitation', solicit)).toBe(true);
    expect(matches('-p ipv6-icmp -m icmp6 --icmpv6-type 136', solicit)).toBe(false);
  });
});

describe('addrtype', () => {
  const local = around({ addressType: (address) => (address === '198.51.100.7' ? 'local' : 'unicast') });
  test.each([
    ['-m addrtype --dst-type LOCAL', true],
    ['-m addrtype --src-type LOCAL', false],
    ['-m addrtype ! --dst-type LOCAL', false],
    ['-m addrtype --dst-type UNICAST,LOCAL', true],
    ['-m addrtype --src-type UNICAST --dst-type LOCAL', true],
    ['-m addrtype ! --src-type LOCAL -m addrtype --dst-type LOCAL', true],
  ])('%s: %s', (rule, expected) => {
    expect(matches(rule, syn(), local)).toBe(expected);
  });

  test('multicast and broadcast are told without a look-up', () => {
    expect(matches('-m addrtype --dst-type MULTICAST', syn({ dst: '224.0.0.251' }))).toBe(true);
    expect(matches('-m addrtype --dst-type BROADCAST', syn({ dst: '255.255.255.255' }))).toBe(true);
  });

  test('--limit-iface asks for one link only', () => {
    const asked: (string | undefined)[] = [];
    const context = around({
      addressType: (_, link) => {
        asked.push(link);
        return 'local';
      },
    });
    matches('-m addrtype --src-type LOCAL --limit-iface-out', syn(), context);
    matches('-m addrtype --src-type LOCAL --limit-iface-in', syn(), context);
    matches('-m addrtype --src-type LOCAL', syn(), context);
    expect(asked).toEqual(['eth0', 'docker0', undefined]);
  });
});

describe('conntrack', () => {
  test.each([
    ['NEW', [], '--ctstate NEW', true],
    ['NEW', [], '--ctstate RELATED,ESTABLISHED', false],
    ['NEW', [], '! --ctstate RELATED,ESTABLISHED', true],
    ['NEW', ['dnat'], '--ctstate RELATED,ESTABLISHED,DNAT', true],
    ['NEW', ['dnat'], '! --ctstate DNAT', false],
    ['ESTABLISHED', [], '--ctstate RELATED,ESTABLISHED', true],
    ['ESTABLISHED', ['snat'], '--ctstate SNAT', true],
    ['ESTABLISHED', ['seen-reply', 'assured'], '--ctstatus ASSURED', true],
    ['NEW', [], '--ctstatus NONE', false],
    ['NEW', [], '--ctorigdstport 80 --ctproto 6', true],
    ['NEW', [], '--ctorigdst 198.51.100.0/24', true],
    ['NEW', [], '--ctreplsrc 198.51.100.8', false],
    ['NEW', [], '--ctdir ORIGINAL', true],
    ['NEW', [], '--ctdir REPLY', false],
    ['NEW', [], '--ctstate DNAT --ctorigdstport 80', false],
  ] as const)('%s %j: -m conntrack %s: %s', (state, status, options, expected) => {
    expect(matches(`-m conntrack ${options}`, syn(), around({ ct: entry(state, status) }))).toBe(expected);
  });

  test('without an entry the state is INVALID, after notrack UNTRACKED, and nothing else is looked at', () => {
    expect(matches('-m conntrack --ctstate INVALID')).toBe(true);
    expect(matches('-m conntrack --ctstate NEW')).toBe(false);
    expect(matches('-m conntrack --ctstate UNTRACKED', syn(), around({ untracked: true }))).toBe(true);
    expect(matches('-m conntrack --ctstate INVALID --ctproto 17')).toBe(true);
    expect(matches('-m conntrack --ctproto 6')).toBe(false);
    expect(matches('-m conntrack ! --ctproto 17')).toBe(false);
    expect(matches('-m state --state INVALID')).toBe(true);
  });

  test('the connection mark of no connection matches nothing, not even negated', () => {
    expect(matches('-m connmark --mark 0x1')).toBe(false);
    expect(matches('-m connmark ! --mark 0x1')).toBe(false);
    expect(matches('-m connmark --mark 0x4/0xf', syn(), around({ ct: entry('NEW', [], { mark: 0x14 }) }))).toBe(true);
  });

  test('an unknown state is unknown', () => {
    const context = around({ ct: entry('NEW', [], { state: { unknown: 'mid-stream' } }) });
    expect(matches('-m conntrack --ctstate NEW', syn(), context)).toBe('unknown');
  });
});

describe('other matches', () => {
  test.each([
    ['-m mark --mark 0x4000/0x4000', { mark: 0x4001 }, true],
    ['-m mark ! --mark 0x4000/0x4000', { mark: 0x4001 }, false],
    ['-m mark --mark 0x1', { mark: 1 }, true],
    ['-m mac --mac-source 02:42:AC:11:00:02', { srcMac: '02:42:ac:11:00:02' }, true],
    ['-m mac ! --mac-source 02:42:AC:11:00:02', { srcMac: '02:42:ac:11:00:02' }, false],
    ['-m mac --mac-source 02:42:AC:11:00:02', {}, 'unknown'],
    ['-m iprange --src-range 172.17.0.1-172.17.0.9', {}, true],
    ['-m iprange ! --dst-range 198.51.100.8-198.51.100.9', {}, true],
    ['-m length --length 60', {}, true],
    ['-m length --length 61:', {}, false],
    ['-m ttl --ttl-eq 64', {}, true],
    ['-m ttl --ttl-lt 64', {}, false],
    ['-m ttl --ttl-gt 63', {}, true],
    ['-m tos --tos 0x10/0x3f', { tos: 0x10 }, true],
    ['-m dscp --dscp 0x2e', { tos: 0xb8 }, true],
    ['-m dscp --dscp-class EF', { tos: 0xb8 }, true],
    ['-m pkttype --pkt-type unicast', {}, true],
    ['-m pkttype ! --pkt-type broadcast', {}, true],
    ['-m physdev --physdev-in veth0', { physin: 'veth0' }, true],
    ['-m physdev --physdev-in veth+', { physin: 'veth0' }, true],
    ['-m physdev --physdev-in veth0', {}, false],
    ['-m physdev ! --physdev-in veth0', {}, true],
    ['-m physdev --physdev-is-bridged', { physin: 'veth0', physout: 'veth1' }, true],
    ['-m physdev --physdev-is-bridged', { physin: 'veth0' }, false],
    ['-m physdev ! --physdev-is-bridged', {}, true],
    ['-m physdev --physdev-is-in', { physin: 'veth0' }, true],
    ['-m owner --uid-owner 1000', {}, false],
    ['-m owner ! --uid-owner 1000', {}, true],
    ['-m policy --dir in --pol none', {}, true],
    ['-m policy --dir in --pol ipsec', {}, false],
    ['-m ipvs --ipvs', {}, false],
    ['-m statistic --mode random --probability 1.00000000000', {}, true],
    ['-m statistic --mode nth --every 2 --packet 0', {}, 'unknown'],
    ['-m limit --limit 3/min', {}, 'unknown'],
    ['-m recent --set --name X --mask 255.255.255.255 --rsource', {}, true],
    ['-m recent --update --seconds 30 --name X', {}, 'unknown'],
    ['-m connlimit --connlimit-above 0 --connlimit-mask 32', {}, true],
    ['-m connlimit --connlimit-above 5 --connlimit-mask 32', {}, 'unknown'],
    ['-m string --algo bm --string "GET /" --to 100', {}, 'unknown'],
    ['-m time --timestart 08:00 --timestop 18:00', {}, 'unknown'],
    ['-m socket --transparent', {}, 'unknown'],
    ['-m sorcery --spell abracadabra', {}, 'unknown'],
    ['-m set --match-set missing src', {}, 'unknown'],
    ['-m comment --comment "with \\"quotes\\" and -j DROP" -m comment --comment again', {}, true],
  ] as const)('%s with %j: %s', (rule, changes, expected) => {
    expect(matches(rule, syn(changes))).toBe(expected);
  });

  test('a no besides makes an unknown match irrelevant', () => {
    expect(matches('-m limit --limit 3/min -p udp')).toBe(false);
    expect(matches('-p tcp -m sorcery --spell abracadabra -m mark --mark 0x1')).toBe(false);
  });

  test('who sends is known for a socket that is', () => {
    const context = around({ local: true, socket: { uid: 1000, gid: 100 } });
    expect(matches('-m owner --uid-owner 1000', syn(), context)).toBe(true);
    expect(matches('-m owner --uid-owner 0-999', syn(), context)).toBe(false);
    expect(matches('-m owner --socket-exists', syn(), context)).toBe(true);
    expect(matches('-m owner --uid-owner 1000', syn(), around({ local: true, socket: {} }))).toBe('unknown');
  });

  test('rpfilter asks the routes, --invert turns the answer', () => {
    const failing = around({ reversePath: ({ validMark }) => !validMark });
    expect(matches('-m rpfilter --validmark --invert', syn(), failing)).toBe(true);
    expect(matches('-m rpfilter --loose', syn(), failing)).toBe(true);
  });

  test('IPv6: hop limit, headers the packet does not have', () => {
    expect(matches('-m hl --hl-eq 255', syn6({ ttl: 255 }))).toBe(true);
    expect(matches('-m rt --rt-type 0', syn6())).toBe(false);
    expect(matches('-s fd00:17::/64 -d 2001:db8::7/128', syn6())).toBe(true);
    expect(matches('! -s fe80::/10', syn6())).toBe(true);
  });

  test('a rule of the other family is not there', () => {
    expect(matches('-4 -p tcp', syn())).toBe(true);
    expect(matches('-6 -p tcp', syn())).toBe(false);
  });
});

describe('u32 and bpf', () => {
  test('header bytes that are known decide', () => {
    expect(matches('-m u32 --u32 "0x6&0xff=0x6"')).toBe(true);
    expect(matches('-m u32 --u32 "0x6&0xff=0x11"')).toBe(false);
    expect(matches('-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x50"')).toBe(true);
    expect(matches('-m u32 --u32 "0x0>>0x16&0x3c@0x0&0xffff=0x51:0x60,0x50"')).toBe(true);
  });

  test('an encrypted overlay asks for a network id that only the payload tells', () => {
    const rule = '-p udp -m udp --dport 4789 -m u32 --u32 "0x0>>0x16&0x3c@0xc&0xffffff00=0x100100"';
    const packet = udp({ dport: 4789, length: 100 });
    expect(matches(rule, packet)).toBe('unknown');
    const payload = Uint8Array.from([8, 0, 0, 0, 0, 0x10, 0x01, 0]);
    expect(matches(rule, packet, around({ payload }))).toBe(true);
    expect(matches(rule, packet, around({ payload: Uint8Array.from([8, 0, 0, 0, 0, 0x10, 0x02, 0]) }))).toBe(false);
    expect(matches(rule, udp())).toBe(false);
  });

  test('a BPF program runs on what is known', () => {
    // ldb [9]; jeq #6, accept, drop
    expect(matches('-m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0"')).toBe(true);
    expect(matches('-m bpf --bytecode "4,48 0 0 9,21 0 1 17,6 0 0 1,6 0 0 0"')).toBe(false);
    // The identification of the IP header is nobody's choice.
    expect(matches('-m bpf --bytecode "4,40 0 0 4,21 0 1 17,6 0 0 1,6 0 0 0"')).toBe('unknown');
  });
});
