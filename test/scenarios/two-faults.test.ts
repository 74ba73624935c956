/** Two faults at once: each is named, whatever the other breaks besides. */
import { describe, expect, test } from 'vitest';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { type Draft, healthyHost, makeSocket } from '../diagnose/healthy-host.ts';

interface Fault {
  readonly check: string;
  readonly make: (draft: Draft) => void;
}

const insertForward = (draft: Draft, rule: string): void =>
  draft.rule('-A FORWARD -j DOCKER-USER', `${rule}\n-A FORWARD -j DOCKER-USER`);

const faults: Readonly<Record<string, Fault>> = {
  'forwarding is off': {
    check: 'ip-forward-disabled',
    make: ({ host }) => {
      host.sysctls!['ipv4.ip_forward'] = '0';
      for (const name of Object.keys(host.sysctls!)) if (name.endsWith('.forwarding')) host.sysctls![name] = '0';
    },
  },
  'the bridge is down': {
    check: 'bridge-down',
    make: (draft) => {
      draft.link(draft.host, 'br-app').flags = ['BROADCAST', 'MULTICAST'];
      draft.link(draft.host, 'br-app').operstate = 'DOWN';
      draft.host.routes = draft.host.routes!.filter(({ dst }) => dst !== '172.20.0.0/16');
    },
  },
  'one veth is down': {
    check: 'veth-down',
    make: (draft) => {
      draft.link(draft.host, 'vethdb').flags = ['BROADCAST', 'MULTICAST'];
    },
  },
  'nothing is masqueraded': {
    check: 'masquerade-missing',
    make: (draft) => draft.rule('-A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE\n', ''),
  },
  'a rule drops what the network sends out': {
    check: 'flow-blocked',
    make: (draft) => insertForward(draft, '-A FORWARD -i br-app -o eth0 -j DROP'),
  },
  'a rule drops what this host sends to containers': {
    check: 'flow-blocked',
    make: (draft) => draft.addRule('filter', '-A OUTPUT -o br-app -j DROP'),
  },
  'answers are dropped before Docker’s own rules': {
    check: 'docker-user-drops-replies',
    make: (draft) => draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -i eth0 -j DROP\n-A DOCKER-USER -j RETURN'),
  },
  'a published port is not accepted': {
    check: 'published-port-not-accepted',
    make: (draft) =>
      draft.rule('-A DOCKER -d 172.20.0.2/32 ! -i br-app -o br-app -p tcp -m tcp --dport 80 -j ACCEPT\n', ''),
  },
  'a container has no way out': {
    check: 'container-no-default-route',
    make: ({ db }) => {
      db.routes = db.routes!.filter(({ dst }) => dst !== 'default');
    },
  },
  'a container is paused': {
    check: 'container-not-serving',
    make: ({ dbContainer }) => {
      dbContainer.state = 'paused';
    },
  },
  'a server listens on loopback alone': {
    check: 'listens-on-loopback',
    make: ({ web }) => {
      web.sockets = [makeSocket('tcp', '127.0.0.1', 80, 'nginx')];
    },
  },
  'the uplink is narrower than the network': {
    check: 'mtu-larger-than-uplink',
    make: (draft) => {
      draft.link(draft.host, 'eth0').mtu = 1400;
    },
  },
  'names inside are not translated': {
    check: 'embedded-dns-unreachable',
    make: ({ web }) => {
      web.ruleset = { present: { nftTables: [], legacyTables: [], legacyTables6: [] } };
    },
  },
};

/** Packets do not get as far as the rule, which is named as soon as they do. */
const unseen: Readonly<Record<string, string>> = {
  'forwarding is off, a rule drops what the network sends out': 'flow-blocked',
  'the bridge is down, a rule drops what the network sends out': 'flow-blocked',
  'the bridge is down, a rule drops what this host sends to containers': 'flow-blocked',
};

const checksFor = (...made: readonly Fault[]): readonly string[] => {
  const snapshot = healthyHost((draft) => {
    for (const fault of made) fault.make(draft);
  });
  const found = diagnose(buildGraph([snapshot]));
  return found.findings.filter(({ severity }) => severity !== 'security').map(({ check }) => check);
};

const names = Object.keys(faults);

describe.each(names)('%s', (name) => {
  const fault = faults[name]!;
  test('is named alone', () => {
    expect(checksFor(fault)).toEqual([fault.check]);
  });

  test.each(names.slice(names.indexOf(name) + 1))('and %s: both are named', (other) => {
    const second = faults[other]!;
    const expected = [fault.check, second.check].filter((check) => unseen[`${name}, ${other}`] !== check);
    expect(checksFor(fault, second).toSorted()).toEqual(expected.toSorted());
  });
});
