import { describe, expect, test } from 'vitest';
import { around, entry, evaluate, ip6tables, iptables, syn, syn6 } from '../sample-packets.ts';

/** The result of one rule in mangle FORWARD. */
const afterRule = (target: string, packet = syn(), context = around()) =>
  evaluate(iptables(`*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD ${target}\nCOMMIT\n`), packet, context);

describe('marks', () => {
  test.each([
    ['--set-xmark 0x4000/0xffffffff', 0x1, 0x4000],
    ['--set-xmark 0x4000/0x4000', 0x1, 0x4001],
    ['--set-xmark 0x4000/0x0', 0x4001, 0x1],
    ['--set-xmark 0x0/0xffff0000', 0x12345678, 0x5678],
    ['--set-xmark 0x80000000/0x80000000', 0x1, 0x80000001],
    ['--set-mark 0x2/0x6', 0xf, 0xb],
    ['--set-mark 0x8', 0x1, 0x8],
    ['--or-mark 0x8', 0x1, 0x9],
    ['--and-mark 0xf', 0x1234, 0x4],
    ['--xor-mark 0x3', 0x1, 0x2],
  ])('MARK %s turns %i into %i', (options, before, mark) => {
    expect(afterRule(`-j MARK ${options}`, syn({ mark: before })).packet.mark).toBe(mark);
  });

  test('CONNMARK writes, saves and restores by mask', () => {
    const tracked = around({ ct: entry('NEW', [], { mark: 0xff }) });
    expect(afterRule('-j CONNMARK --set-xmark 0x10/0xf0', syn(), tracked).ctMark).toBe(0x1f);
    expect(afterRule('-j CONNMARK --save-mark --nfmask 0xf0 --ctmask 0xf0', syn({ mark: 0x35 }), tracked).ctMark).toBe(
      0x3f,
    );
    const restored = afterRule('-j CONNMARK --restore-mark --nfmask 0xf --ctmask 0xf', syn({ mark: 0x30 }), tracked);
    expect(restored.packet.mark).toBe(0x3f);
    expect(restored.ctMark).toBeUndefined();
  });

  test('without a connection CONNMARK has nothing to write on', () => {
    const result = afterRule('-j CONNMARK --set-xmark 0x10/0xf0');
    expect(result.ctMark).toBeUndefined();
    expect(result.verdict).toBe('accept');
  });

  test('a mark out of an unknown connection mark is unknown, and so is what depends on it', () => {
    const tracked = around({ ct: entry('NEW', [], { mark: { unknown: 'another tool set it' } }) });
    const rules =
      '-A FORWARD -j CONNMARK --restore-mark --nfmask 0xff --ctmask 0xff\n-A FORWARD -m mark --mark 0x1 -j DROP\n';
    const result = evaluate(iptables(`*mangle\n:FORWARD ACCEPT [0:0]\n${rules}COMMIT\n`), syn(), tracked);
    expect(result.verdict).toBe('unknown');
    expect(result.dependsOn).toContain('another tool set it');
    expect(result.alternatives.map((each) => each.verdict).sort()).toEqual(['accept', 'drop']);
  });
});

describe('verdicts', () => {
  test('REJECT says with what', () => {
    expect(afterRule('-j REJECT --reject-with tcp-reset')).toMatchObject({
      verdict: 'reject',
      rejectWith: 'tcp-reset',
    });
    expect(afterRule('-j REJECT').verdict).toBe('reject');
  });

  test('what only looks lets the packet go on', () => {
    for (const target of [
      '-j LOG --log-prefix "[UFW BLOCK] "',
      '-j NFLOG --nflog-group 5',
      '-j TCPMSS --clamp-mss-to-pmtu',
      '-j CHECKSUM --checksum-fill',
      '-j CLASSIFY --set-class 1:2',
      '-j SET --add-set seen src',
      '-j TRACE',
      '',
    ]) // prettier-ignore
      expect(afterRule(target).steps[0]).toMatchObject({ matched: 'yes', verdict: 'continue' });
  });

  test('a queue is decided by a program, an unknown target by nobody we know', () => {
    expect(afterRule('-j NFQUEUE --queue-num 3').verdict).toBe('queue');
    const odd = afterRule('-j TARPIT --tarpit');
    expect(odd.verdict).toBe('unknown');
    expect(odd.dependsOn).toContain('-A FORWARD -j TARPIT --tarpit');
  });

  test('TTL, TOS, DSCP and HL are rewritten', () => {
    expect(afterRule('-j TTL --ttl-set 9').packet.ttl).toBe(9);
    expect(afterRule('-j TTL --ttl-dec 4').packet.ttl).toBe(60);
    expect(afterRule('-j DSCP --set-dscp 0x2e').packet.tos).toBe(0xb8);
    expect(afterRule('-j TOS --set-tos 0x10/0x3f', syn({ tos: 0xc3 })).packet.tos).toBe(0xd0);
    const six = ip6tables('*mangle\n:FORWARD ACCEPT [0:0]\n-A FORWARD -j HL --hl-inc 2\nCOMMIT\n');
    expect(evaluate(six, syn6()).packet.ttl).toBe(66);
  });

  test('notrack is told, but never of what is tracked already', () => {
    const raw = iptables(
      '*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j CT --notrack\n-A PREROUTING -m conntrack --ctstate UNTRACKED -j DROP\nCOMMIT\n',
    );
    expect(evaluate(raw, syn(), around(), 'prerouting')).toMatchObject({ verdict: 'drop', notrack: true });
    const seen = evaluate(raw, syn(), around({ ct: entry('ESTABLISHED') }), 'prerouting');
    expect(seen).toMatchObject({ verdict: 'accept', notrack: false });
  });

  test('a zone or helper is kept as the text of its rule', () => {
    expect(afterRule('-j CT --zone 5').ctTemplate).toEqual(['-A FORWARD -j CT --zone 5']);
  });

  test('TPROXY hands the packet to a socket', () => {
    const result = afterRule('-p tcp -j TPROXY --on-port 15001 --on-ip 127.0.0.1 --tproxy-mark 0x1/0x1');
    expect(result).toMatchObject({ verdict: 'accept', tproxy: { port: 15001, address: '127.0.0.1' } });
  });
});

describe('NAT', () => {
  const nat = (rule: string, packet = syn()) =>
    evaluate(
      iptables(`*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING ${rule}\nCOMMIT\n`),
      packet,
      around(),
      'prerouting',
    ).nat;

  test.each([
    [
      '-j DNAT --to-destination 172.17.0.3:8080',
      { action: 'dnat', addresses: ['172.17.0.3', '172.17.0.3'], ports: [8080, 8080] },
    ],
    ['-j DNAT --to-destination 172.17.0.3', { action: 'dnat', addresses: ['172.17.0.3', '172.17.0.3'] }],
    [
      '-j DNAT --to-destination 172.17.0.3-172.17.0.9:1000-2000 --random',
      { addresses: ['172.17.0.3', '172.17.0.9'], ports: [1000, 2000], random: true },
    ],
    ['-j DNAT --to-destination :53', { action: 'dnat', ports: [53, 53] }],
    [
      '-j SNAT --to-source 192.0.2.1:1024-65535',
      { action: 'snat', addresses: ['192.0.2.1', '192.0.2.1'], ports: [1024, 65535], random: false },
    ],
    ['-j MASQUERADE --random-fully', { action: 'masquerade', random: true }],
    ['-p tcp -j MASQUERADE --to-ports 1024-31000', { action: 'masquerade', ports: [1024, 31000] }],
    ['-p tcp -j REDIRECT --to-ports 3128', { action: 'redirect', ports: [3128, 3128] }],
    ['-j NETMAP --to 10.9.0.0/24', { action: 'netmap', addresses: ['10.9.0.0', '10.9.0.255'], prefixLength: 24 }],
  ])('%s', (rule, expected) => {
    expect(nat(rule)).toMatchObject(expected);
  });

  test('IPv6 destinations stand in brackets when a port follows', () => {
    const rules =
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination [fd00:17::3]:80\nCOMMIT\n';
    expect(evaluate(ip6tables(rules), syn6(), around(), 'prerouting').nat).toMatchObject({
      addresses: ['fd00:17::3', 'fd00:17::3'],
      ports: [80, 80],
    });
  });

  test('a mapping that cannot be read is unknown, never skipped', () => {
    const rules =
      '*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.1:80-90/8080\nCOMMIT\n';
    expect(evaluate(iptables(rules), syn(), around(), 'prerouting').verdict).toBe('unknown');
  });

  test('the first rule that matches decides, accept leaves the table', () => {
    const rules = [
      '-A PREROUTING -p udp -j DNAT --to-destination 10.0.0.1',
      '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.2',
      '-A PREROUTING -p tcp -j DNAT --to-destination 10.0.0.3',
    ];
    const result = evaluate(
      iptables(`*nat\n:PREROUTING ACCEPT [0:0]\n${rules.join('\n')}\nCOMMIT\n`),
      syn(),
      around(),
      'prerouting',
    );
    expect(result.nat?.at).toMatchObject({ table: 'nat', chain: 'PREROUTING', index: 2, rule: rules[1] });
  });
});
