/** What a rule does is told by its shape, whatever the version, the backend and its position. */
import { expect, test } from 'vitest';
import type { Ruleset } from '../../src/model/ruleset.ts';
import { labelChain, labelRule } from '../../src/systems/labels.ts';
import { rulesetFromNft, rulesetFromSave } from './rules-from-text.ts';

function purposes(ruleset: Ruleset, table: string, chain: string): readonly string[] {
  const found = ruleset.tables.find((each) => each.name === table)!;
  const inside = found.chains.get(chain)!;
  return inside.rules.map((rule) => {
    const label = labelRule(undefined, undefined, found, inside, rule);
    return label === undefined ? '-' : `${label.madeBy}: ${label.purpose}`;
  });
}

const docker27 = rulesetFromSave(`*filter
:FORWARD DROP [0:0]
:DOCKER - [0:0]
:DOCKER-ISOLATION-STAGE-1 - [0:0]
:DOCKER-ISOLATION-STAGE-2 - [0:0]
:DOCKER-USER - [0:0]
[7:420] -A FORWARD -j DOCKER-USER
-A FORWARD -j DOCKER-ISOLATION-STAGE-1
-A FORWARD -o br-app -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A FORWARD -o br-app -j DOCKER
-A FORWARD -i br-app ! -o br-app -j ACCEPT
-A FORWARD -i br-app -o br-app -j ACCEPT
-A FORWARD -i br-shut -o br-shut -j DROP
-A FORWARD -i eth0 -o eth1 -j ACCEPT
-A DOCKER -d 172.18.0.2/32 ! -i br-app -o br-app -p tcp -m tcp --dport 80 -j ACCEPT
-A DOCKER-ISOLATION-STAGE-1 -i br-app ! -o br-app -j DOCKER-ISOLATION-STAGE-2
-A DOCKER-ISOLATION-STAGE-1 -j RETURN
-A DOCKER-ISOLATION-STAGE-2 -o br-app -j DROP
-A DOCKER-USER -s 203.0.113.9/32 -j DROP
-A DOCKER-USER -j RETURN
COMMIT
*nat
:PREROUTING ACCEPT [0:0]
:POSTROUTING ACCEPT [0:0]
:DOCKER - [0:0]
-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER
-A POSTROUTING -s 172.18.0.0/16 ! -o br-app -j MASQUERADE
-A POSTROUTING -s 10.9.0.0/16 -o eth0 -j MASQUERADE
-A DOCKER -i br-app -j RETURN
-A DOCKER ! -i br-app -p tcp -m tcp --dport 8080 -j DNAT --to-destination 172.18.0.2:80
COMMIT
`);

test('rules of Docker until 27 say what they do for one bridge', () => {
  expect(purposes(docker27, 'filter', 'FORWARD')).toEqual([
    'Docker: yours: Docker never writes here and asks it before its own rules for every forwarded packet',
    'Docker: keeps Docker networks apart: picks what leaves one bridge for another link, and drops at internal networks (until 28)',
    'Docker: lets replies back to br-app',
    'Docker: asks for the open ports of br-app',
    'Docker: lets containers of br-app out',
    'Docker: lets containers of br-app talk to each other',
    '-',
    '-',
  ]);
  expect(purposes(docker27, 'filter', 'DOCKER-ISOLATION-STAGE-2')).toEqual([
    'Docker: keeps other Docker networks out of br-app',
  ]);
  expect(purposes(docker27, 'filter', 'DOCKER')).toEqual(['Docker: accepts packets for 172.18.0.2/32 port 80/tcp']);
});

test('a rule in DOCKER-USER is the operator’s own, the line Docker puts there is not', () => {
  expect(purposes(docker27, 'filter', 'DOCKER-USER')).toEqual([
    'the operator: a rule of your own',
    "Docker: goes on to Docker's own rules (Docker writes this line until 28.2)",
  ]);
});

test('a published port names address and port on both sides', () => {
  expect(purposes(docker27, 'nat', 'DOCKER')).toEqual([
    'Docker: leaves packets from br-app untranslated: its containers reach published ports by the userland proxy',
    'Docker: publishes 8080/tcp → 172.18.0.2:80',
  ]);
});

test('a masquerade for a bridge Docker does not use is not called Docker’s', () => {
  expect(purposes(docker27, 'nat', 'POSTROUTING')).toEqual([
    'Docker: hides containers of br-app behind the address of the link they leave by',
    '-',
  ]);
});

test('Docker’s nftables rules are told by their comments', () => {
  const nft = rulesetFromNft(`table ip docker-bridges {
	chain filter-forward-in__br-app {
		ct state established,related counter packets 0 bytes 0 accept
		iifname "br-app" counter packets 0 bytes 0 accept comment "ICC"
		ip daddr 172.18.0.2 tcp dport 80 counter packets 0 bytes 0 accept
		counter packets 0 bytes 0 drop comment "UNPUBLISHED PORT DROP"
	}
	chain nat-prerouting-and-output {
		iifname != "br-app" tcp dport 8080 counter packets 0 bytes 0 dnat to 172.18.0.2:80 comment "DNAT"
	}
}`);
  expect(purposes(nft, 'docker-bridges', 'filter-forward-in__br-app')).toEqual([
    'Docker: lets replies back to br-app',
    'Docker: lets containers of br-app talk to each other',
    'Docker: accepts packets for 172.18.0.2 port 80/tcp',
    'Docker: drops what comes from elsewhere for a port of br-app that is not published',
  ]);
  expect(purposes(nft, 'docker-bridges', 'nat-prerouting-and-output')).toEqual([
    'Docker: publishes 8080/tcp → 172.18.0.2:80',
  ]);
});

test('a container’s own name server rules are told apart from published ports', () => {
  const inside = rulesetFromSave(`*nat
:OUTPUT ACCEPT [0:0]
:DOCKER_OUTPUT - [0:0]
-A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
-A DOCKER_OUTPUT -d 127.0.0.11/32 -p udp -m udp --dport 53 -j DNAT --to-destination 127.0.0.11:41234
COMMIT
`);
  expect(purposes(inside, 'nat', 'DOCKER_OUTPUT')).toEqual([
    "Docker embedded DNS: leads udp name queries to the engine's resolver at 127.0.0.11:41234",
  ]);
});

test('a chain of an unknown table is not given a maker', () => {
  const nft = rulesetFromNft(`table inet mine {
	chain f {
		type filter hook forward priority 10; policy drop;
	}
}`);
  const table = nft.tables[0]!;
  expect(labelChain(undefined, undefined, table, table.chains.get('f')!)).toEqual({
    madeBy: 'not known here',
    purpose: 'sees packets that pass through; what no rule accepts is dropped',
    certainty: 'name only',
  });
});

test('bare masquerade rules are flannel’s only where all three stand together', () => {
  const save = (lines: string) => rulesetFromSave(`*nat\n:POSTROUTING ACCEPT [0:0]\n${lines}\nCOMMIT\n`);
  const all = save(`-A POSTROUTING -s 10.1.0.0/16 -d 10.1.0.0/16 -j RETURN
-A POSTROUTING -s 10.1.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE
-A POSTROUTING ! -s 10.1.0.0/16 -d 10.1.0.0/16 -j MASQUERADE`);
  expect(purposes(all, 'nat', 'POSTROUTING').every((purpose) => purpose.startsWith('flannel: '))).toBe(true);
  expect(purposes(save('-A POSTROUTING -s 10.1.0.0/16 ! -d 224.0.0.0/4 -j MASQUERADE'), 'nat', 'POSTROUTING')).toEqual([
    '-',
  ]);
});
