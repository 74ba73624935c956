/** Rules that use every match, target and expression at least once, for the tools to load and print. */

const shared = [
  '-A FORWARD -i eth+ ! -o docker0 -p tcp -m tcp ! --dport 1000:2000 -j one',
  '-A FORWARD ! -p udp -m comment --comment "it\'s \\"quoted\\" and \\\\ slashed" -j one',
  '-A FORWARD -m comment --comment plain_word -m comment --comment "-j" -j one',
  '-A FORWARD -p tcp -m tcp --tcp-flags FIN,SYN,RST,ACK SYN -m multiport --dports 22,80,8000:8080 -j one',
  '-A FORWARD -p tcp -m multiport ! --sports 22,443 -m multiport --ports 53 -j one',
  '-A FORWARD -p udp -m udp --sport 53 --dport 1024:65535 -j RETURN',
  '-A FORWARD -p sctp -m sctp --dport 5000 -j DROP',
  '-A FORWARD -m conntrack --ctstate INVALID,NEW,UNTRACKED,DNAT -j one',
  '-A FORWARD -m conntrack ! --ctstate RELATED,ESTABLISHED -m conntrack --ctstatus ASSURED --ctproto 6 --ctdir ORIGINAL -j one',
  '-A FORWARD -m state --state NEW -j one',
  '-A FORWARD -m mark ! --mark 0x4000/0x4000 -m connmark --mark 0x1 -j one',
  '-A FORWARD -m addrtype ! --src-type LOCAL -m addrtype --dst-type LOCAL,UNICAST --limit-iface-in -j one',
  '-A FORWARD -m mac --mac-source 02:42:ac:11:00:02 -m length --length 100:200 -j one',
  '-A FORWARD -m pkttype --pkt-type multicast -m dscp --dscp 0x2e -j one',
  '-A FORWARD -m physdev --physdev-in veth+ --physdev-is-bridged -j one',
  '-A FORWARD -m limit --limit 3/min --limit-burst 10 -j LOG --log-prefix "[BLOCK] " --log-level 6 --log-ip-options',
  '-A FORWARD -m hashlimit --hashlimit-upto 10/sec --hashlimit-burst 5 --hashlimit-mode srcip --hashlimit-name hl -j one',
  '-A FORWARD -m recent --set --name SEEN --mask MASK --rsource -j one',
  '-A FORWARD -m statistic --mode nth --every 3 -j one',
  '-A FORWARD -m statistic --mode random --probability 0.50000000000 -j one',
  '-A FORWARD -m connlimit --connlimit-above 20 --connlimit-mask 24 --connlimit-saddr -j one',
  '-A FORWARD -m quota --quota 1000000 -j one',
  '-A FORWARD -m string --string "GET /x y" --algo bm --to 65535 -j one',
  '-A FORWARD -m policy --dir in --pol none -j one',
  '-A FORWARD -m time --timestart 08:00:00 --timestop 17:00:00 --weekdays Mon,Tue -j one',
  '-A FORWARD -m cpu --cpu 0 -j NFQUEUE --queue-num 3 --queue-bypass',
  '-A FORWARD -m u32 --u32 "0x6&0xff=0x6" -j NFLOG --nflog-prefix "two words" --nflog-group 5',
  '-A FORWARD -m bpf --bytecode "4,48 0 0 9,21 0 1 6,6 0 0 1,6 0 0 0" -g one',
  '-A one -p tcp -j REJECT --reject-with tcp-reset',
];

const mangle = [
  '-A PREROUTING -j MARK --set-xmark 0x4000/0x0',
  '-A PREROUTING -j MARK --set-xmark 0x1/0xffffffff',
  '-A PREROUTING -j CONNMARK --save-mark --nfmask 0xff --ctmask 0xff',
  '-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff',
  '-A FORWARD -p tcp -m tcp --tcp-flags SYN,RST SYN -j TCPMSS --clamp-mss-to-pmtu',
  '-A FORWARD -j CLASSIFY --set-class 0001:0002',
  '-A FORWARD -j DSCP --set-dscp 0x0a',
  '-A POSTROUTING -j CHECKSUM --checksum-fill',
];

export type RulesByTable = Readonly<Record<string, readonly string[]>>;

/** Each line is loaded on its own, so that one the kernel at hand refuses takes no other with it. `one` is a chain of table filter. */
export const ipRules: RulesByTable = {
  raw: [
    '-A PREROUTING -p udp -m udp --dport 4789 -j CT --notrack',
    '-A PREROUTING -m rpfilter --loose --invert -j DROP',
  ],
  mangle: [
    ...mangle,
    '-A POSTROUTING -m ttl --ttl-lt 5 -j TTL --ttl-set 64',
    '-A POSTROUTING -m tos --tos 0x10/0x3f -j TOS --set-tos 0x00/0x3f',
  ],
  nat: [
    '-A PREROUTING ! -s 172.17.0.0/16 -d 192.0.2.1/32 ! -i docker0 -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.17.0.2:80',
    '-A PREROUTING -p tcp -j DNAT --to-destination 172.17.0.2-172.17.0.9:1000-2000 --random --persistent',
    '-A PREROUTING -p tcp -m tcp --dport 3128 -j REDIRECT --to-ports 3129',
    '-A POSTROUTING -s 172.17.0.0/16 ! -o docker0 -j MASQUERADE --random-fully',
    '-A POSTROUTING -p tcp -m iprange --src-range 10.0.0.1-10.0.0.9 -j SNAT --to-source 192.0.2.1:1024-65535',
    '-A POSTROUTING -s 10.1.0.0/24 -j NETMAP --to 10.2.0.0/24',
    '-A POSTROUTING -d 127.0.0.11/32 -p udp -j SNAT --to-source :53',
  ],
  filter: [
    ...shared.map((rule) => rule.replace('MASK', '255.255.255.255')),
    '-A INPUT -p icmp -m icmp --icmp-type 8 -j ACCEPT',
    '-A INPUT -p icmp -m icmp --icmp-type 3/4 -j ACCEPT',
    '-A INPUT -f -j DROP',
    '-A OUTPUT -m owner --uid-owner 1000 -j REJECT --reject-with icmp-admin-prohibited',
  ],
};

export const ip6Rules: RulesByTable = {
  mangle: [...mangle, '-A POSTROUTING -m hl --hl-eq 255 -j HL --hl-set 64'],
  nat: [
    '-A PREROUTING ! -s fe80::/10 -p tcp -m tcp --dport 8080 -j DNAT --to-destination [fd00:17::2]:80',
    '-A PREROUTING -p tcp -m tcp --dport 53 -j DNAT --to-destination fd00:17::2',
    '-A POSTROUTING -s fd00:17::/64 ! -o docker0 -j MASQUERADE',
  ],
  filter: [
    ...shared.map((rule) => rule.replace('MASK', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff')),
    '-A INPUT -m rt --rt-type 0 -j DROP',
    '-A INPUT -p ipv6-icmp -m icmp6 --icmpv6-type 135 -m hl --hl-eq 255 -j ACCEPT',
    '-A INPUT -s fe80::/10 -d ff02::fb/128 -j REJECT --reject-with icmp6-adm-prohibited',
  ],
};

/** The table that nftRules are added to. */
export const nftTable = `table inet fw {
	set blocked { type ipv4_addr; flags interval,timeout; elements = { 10.0.0.0/8, 192.0.2.1-192.0.2.9 } }
	set seen { type ipv4_addr . inet_service; flags dynamic,timeout; timeout 5m; size 1000; }
	map ports { type inet_service : ipv4_addr; elements = { 80 : 10.0.0.2, 443 : 10.0.0.3 } }
	map jumps { type ifname : verdict; elements = { "docker0" : jump sub, "br-a*" : drop } flags interval; }
	chain pre { type nat hook prerouting priority dstnat + 5; policy accept; }
	chain post { type nat hook postrouting priority srcnat; policy accept; }
	chain fore { type filter hook forward priority filter - 10; policy drop; }
	chain sub { }
	counter hits { packets 0 bytes 0 }
}
`;

export const nftRules: Readonly<Record<string, readonly string[]>> = {
  pre: [
    'tcp dport 8080 counter dnat ip to 10.0.0.1:80 comment "a comment"',
    'dnat ip to tcp dport map @ports',
    'tcp dport 22 redirect to :2222',
  ],
  post: [
    'ip saddr 10.0.0.0/8 oifname != "docker0" masquerade fully-random',
    'ip protocol tcp snat ip to 192.0.2.1:1024-65535 random,persistent',
    'meta l4proto udp masquerade to :1024-2047',
  ],
  fore: [
    'ct state established,related accept',
    'ct state { new, untracked } ct status dnat counter packets 5 bytes 300 accept',
    'ct state vmap { invalid : drop, new : jump sub, established : accept }',
    'ct direction original ct mark 0x1 ct mark set meta mark',
    'ct original ip saddr 10.0.0.1 ct original proto-dst 80 accept',
    'meta mark and 0xff == 0x1 meta mark set meta mark and 0xffff00ff or 0x100',
    'iifname "veth*" oifname vmap @jumps',
    'iif "lo" oif != "lo" accept',
    'meta pkttype { broadcast, multicast } drop',
    'meta nfproto ipv6 icmpv6 type { nd-router-advert, nd-neighbor-solicit } ip6 hoplimit 255 accept',
    'icmp type echo-request icmp code 0 limit rate 5/second burst 10 packets accept',
    'limit rate over 10 mbytes/second drop',
    'tcp flags syn / fin,syn,rst,ack accept',
    'tcp flags & (fin | syn | rst) == syn tcp option maxseg size set rt mtu',
    'tcp flags ! ack,rst accept',
    'fib saddr . mark . iif oif missing drop',
    'fib daddr type local fib saddr type != { local, unicast } accept',
    'ip saddr @blocked ip daddr != { 10.1.0.0/16, 10.2.0.1 } drop',
    'ip saddr . tcp dport { 10.0.0.1 . 80, 10.0.0.2 . 443 } accept',
    'ip saddr . tcp dport vmap { 10.0.0.1 . 80 : accept, 10.0.0.0/24 . 1-1023 : drop }',
    'add @seen { ip saddr . tcp dport }',
    'update @seen { ip saddr . tcp dport limit rate 3/minute } log prefix "seen: " level info flags all',
    'th dport 1-1023 @th,16,16 80 @nh,96,8 & 0xf == 0x1 reject with icmpx admin-prohibited',
    'meta l4proto tcp reject with tcp reset',
    'ip dscp cs1 ip ecn ce ip ttl < 5 ip length 100-200 accept',
    'ip6 saddr fe80::/10 ip6 daddr ::1 ip6 nexthdr tcp accept',
    'ether saddr 02:42:ac:11:00:02 meta length > 1000 accept',
    'numgen random mod 2 vmap { 0 : jump sub, 1 : goto sub }',
    'meta skuid 1000 meta cpu 0 counter',
    'exthdr rt exists drop',
    'ct count over 20 reject',
    'quota over 10 mbytes drop',
    'queue num 0-3 bypass',
  ],
  sub: [
    'ip protocol { tcp, udp } return',
    'ip daddr 224.0.0.0/4 continue',
    'notrack',
    'ip dscp set ef',
    'counter name "hits" dup to 10.0.0.9 device "lo"',
  ],
};
