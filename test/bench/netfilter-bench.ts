/** Measures parsing and evaluating a large ruleset: `node test/bench/netfilter-bench.ts [rules]`. */
import type { Packet } from '../../src/model/packet.ts';
import type { RulesetText } from '../../src/model/ruleset-text.ts';
import type { EvaluationContext } from '../../src/netfilter/context.ts';
import { evaluateChains } from '../../src/netfilter/evaluate-chains.ts';
import { baseChains } from '../../src/netfilter/hook-stages.ts';
import { parseRuleset } from '../../src/netfilter/parse-ruleset.ts';

const count = Number(process.argv[2] ?? 5000);

const ruleOf = (n: number): string => {
  const address = `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
  switch (n % 5) {
    case 0:
      return `-A FORWARD -d ${address}/32 ! -i br-${n % 50} -o br-${n % 50} -p tcp -m tcp --dport ${n % 60000} -j ACCEPT`;
    case 1:
      return `-A FORWARD -s ${address}/24 -m conntrack --ctstate INVALID -j DROP`;
    case 2:
      return `-A FORWARD -p udp -m multiport --dports 53,123,${n % 60000} -m comment --comment "service ${n}" -j ACCEPT`;
    case 3:
      return `-A FORWARD -m mark --mark 0x${n.toString(16)}/0xffffffff -j RETURN`;
    default:
      return `-A FORWARD -o br-${n} -m addrtype --dst-type LOCAL -j DROP`;
  }
};

const lines = Array.from({ length: count }, (_, n) => `[${n}:${n * 60}] ${ruleOf(n)}`);
const saved = `*filter\n:FORWARD DROP [0:0]\n${lines.join('\n')}\nCOMMIT\n`;

const nft = JSON.stringify({
  nftables: [
    { table: { family: 'inet', name: 't', handle: 1 } },
    {
      chain: {
        family: 'inet',
        table: 't',
        name: 'c',
        handle: 1,
        type: 'filter',
        hook: 'forward',
        prio: 0,
        policy: 'drop',
      },
    },
    ...Array.from({ length: count }, (_, n) => ({
      rule: {
        family: 'inet',
        table: 't',
        chain: 'c',
        handle: n + 2,
        expr: [
          {
            match: {
              op: '==',
              left: { payload: { protocol: 'ip', field: 'daddr' } },
              right: `10.1.${n >> 8}.${n & 255}`,
            },
          },
          { match: { op: '==', left: { payload: { protocol: 'tcp', field: 'dport' } }, right: n % 60000 } },
          { counter: { packets: 0, bytes: 0 } },
          { accept: null },
        ],
      },
    })),
  ],
});

const packet: Packet = {
  family: 4,
  src: '192.168.7.7',
  dst: '172.30.1.1',
  proto: 'tcp',
  dport: 61000,
  ttl: 64,
  mark: 0,
  tos: 0,
  length: 60,
  dontFragment: true,
  in: 'eth0',
  out: 'eth1',
};

const context: EvaluationContext = {
  ct: undefined,
  bridged: false,
  pktType: 'host',
  local: false,
  addressType: () => 'unicast',
  fib: () => undefined,
  reversePath: () => true,
  linkIndex: () => undefined,
  socket: null,
};

const timed = <T>(what: string, run: () => T): T => {
  const [start, busy] = [performance.now(), process.cpuUsage()];
  const result = run();
  const { user, system } = process.cpuUsage(busy);
  const cpu = ((user + system) / 1000).toFixed(1).padStart(7);
  console.log(`${what.padEnd(52)} ${(performance.now() - start).toFixed(1).padStart(7)} ms, processor ${cpu} ms`);
  return result;
};

const present = { nftTables: [], legacyTables: [], legacyTables6: [] };
const texts: readonly (readonly [string, RulesetText])[] = [
  ['iptables-save', { iptablesNft: saved, present }],
  ['nft -j', { nft, present }],
];
for (const [name, text] of texts) {
  const ruleset = timed(`${name}: parse ${count} rules`, () => parseRuleset(text));
  const { chains } = baseChains(ruleset, 'ip', 'forward');
  timed(`${name}: first packet through ${count} rules`, () => evaluateChains(ruleset, chains, packet, context));
  timed(`${name}: second packet`, () => evaluateChains(ruleset, chains, packet, context));
  const result = timed(`${name}: third packet`, () => evaluateChains(ruleset, chains, packet, context));
  console.log(`${name}: ${result.verdict} by ${result.decidedBy?.at.rule}, ${result.steps.length} steps`);
}
