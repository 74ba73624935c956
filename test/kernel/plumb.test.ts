import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import type { FixPreview } from '../../src/session.ts';
import { missingNeed } from '../support/needs.ts';
import { requires } from '../support/requires.ts';
import type { PlumbCase } from './plumb-inside.ts';

const INSIDE = fileURLToPath(new URL('plumb-inside.ts', import.meta.url));
const run = promisify(execFile);

const inside = (netns: string, line: string): string => `nsenter --net=/run/netns/${netns} ${line}`;
const ping = (netns: string, address: string): string => inside(netns, `ping -c1 -W5 ${address}`);
const OUTSIDE_TO_WEB = inside('internet', 'timeout 5 bash -c "</dev/tcp/10.99.0.2/8080"');

interface Wanted extends Omit<PlumbCase, 'question'> {
  readonly what: string;
  readonly line: string;
  readonly options?: Readonly<Record<string, string>>;
  /** Whether the probes succeed before it, after it, and when it is taken back. */
  readonly works: readonly [boolean, boolean, boolean];
  readonly forGood?: true;
}

/** In this order, in one world. */
const all: readonly Wanted[] = [
  {
    what: 'a veth with address, gateway, MAC and MTU',
    line: 'attach web br-back',
    options: { address: '172.31.0.99/24', gateway: '172.31.0.1', mac: '02:00:00:00:00:63', mtu: '1450' },
    probes: [ping('web', '172.31.0.3'), inside('web', 'ip route show default | grep -q 172.31.0.1')],
    works: [false, true, false],
  },
  {
    what: 'a macvlan with address, gateway and MAC',
    line: 'attach backup eth0',
    options: { address: '10.99.0.50/24', gateway: '10.99.0.1', mac: '02:00:00:00:00:64' },
    probes: [ping('backup', '203.0.113.80')],
    works: [false, true, false],
  },
  ...(missingNeed('kernel:vlan') === undefined
    ? ([
        {
          what: 'a macvlan in a VLAN',
          line: 'attach backup eth0',
          options: { address: '10.99.1.50/24', vlan: '20' },
          probes: ['ip link show eth0.20'],
          works: [false, true, false],
        },
      ] satisfies readonly Wanted[])
    : []),
  {
    what: 'an orphan veth plugged in, without another MAC for the bridge',
    line: 'plug vorph br-front',
    given: [
      'ip link add vorph address 00:00:00:00:00:01 type veth peer name vpeer',
      'ip link set vpeer up',
      // A link that never was up has another queue than one that is down again.
      'ip link set vorph up; ip link set vorph down',
      'cat /sys/class/net/br-front/address >/run/bridge-mac',
    ],
    probes: ['bridge link show dev vorph | grep -q br-front && cmp /run/bridge-mac /sys/class/net/br-front/address'],
    works: [false, true, false],
  },
  {
    what: 'a way from the host to a macvlan container',
    line: 'shim backup',
    options: { address: '10.99.0.61' },
    given: [
      'ip link add mv0 link eth0 netns backup type macvlan mode bridge',
      inside('backup', 'ip addr add 10.99.0.60/24 dev mv0'),
      inside('backup', 'ip link set mv0 up'),
    ],
    probes: ['ping -c1 -W5 10.99.0.60'],
    works: [false, true, false],
  },
  {
    what: 'a source kept from a published port',
    line: 'block web:80',
    options: { source: '10.99.0.1' },
    probes: [OUTSIDE_TO_WEB],
    works: [true, false, true],
  },
  {
    what: 'a source let past a rule that stops all',
    line: 'allow web:80',
    options: { source: '10.99.0.0/24' },
    given: ['iptables -w -I DOCKER-USER 1 -d 172.30.0.2 -j DROP'],
    probes: [OUTSIDE_TO_WEB],
    works: [false, true, false],
  },
  {
    what: 'a route to the containers of another host',
    line: 'route 192.0.2.0/24 10.99.0.1',
    probes: ['ip route show 192.0.2.0/24 | grep -q "via 10.99.0.1"'],
    works: [false, true, false],
  },
  {
    what: 'segments that fit a link',
    line: 'mss eth0',
    probes: ['iptables-save -t mangle | grep -q -- "-o eth0 .*TCPMSS --clamp-mss-to-pmtu"'],
    works: [false, true, false],
  },
  {
    what: 'one MTU for both ends of a veth',
    line: 'mtu web/eth0 1400',
    probes: ['ip link show veth5feef27 | grep -q "mtu 1400"', inside('web', 'ip link show eth0 | grep -q "mtu 1400"')],
    works: [false, true, false],
  },
  {
    what: 'a dead veth removed',
    line: 'remove vorph',
    probes: ['ip link show vorph'],
    works: [true, false, false],
    forGood: true,
  },
];

const caseOf = ({ line, options = {}, given = [], probes = [] }: Wanted): PlumbCase => {
  const [action, ...words] = line.split(' ');
  return { given, probes, question: { action: action as PlumbCase['question']['action'], words, options } };
};

interface Answer {
  readonly preview: FixPreview;
  readonly change: Change;
  readonly undone: Change;
  readonly probes: readonly (readonly boolean[])[];
  readonly left: readonly string[];
}

const world = requires('root', 'tool:iptables', 'tool:nsenter', 'tool:setpriv', 'kernel:bridge', 'kernel:macvlan');

world.describe('plumbing in a world of its own:', () => {
  let answers: readonly Answer[] = [];
  beforeAll(async () => {
    const { stdout } = await run(process.execPath, [INSIDE, JSON.stringify(all.map(caseOf))], { maxBuffer: 1e8 });
    const told = JSON.parse(stdout) as readonly Answer[] | { readonly error: string };
    if ('error' in told) throw new Error(told.error);
    answers = told;
  }, 300_000);

  world.test.each(all.map((one, at) => [one.what, one, at] as const))('%s', (_, { works, forGood, probes }, at) => {
    const { preview, change, undone, probes: seen, left } = answers[at]!;
    expect(preview.refused).toBeUndefined();
    expect(preview.change.commands.length).toBeGreaterThan(0);
    expect(change).toMatchObject({ state: 'verified', commands: preview.change.commands });
    expect(seen).toEqual(works.map((well) => probes!.map(() => well)));
    if (forGood === true) {
      expect(preview.remedy).toMatchObject({ undo: [], riskLevel: 'medium' });
      expect(undone).toMatchObject({ state: 'failed', detail: expect.stringContaining('cannot be taken back') });
      return;
    }
    expect(undone).toMatchObject({ state: 'undone' });
    // An iptables table that was made and is empty again does nothing: legacy ones stay.
    expect(left.filter((line) => !/^\+ (\*\w+|:[A-Z]+ ACCEPT|COMMIT)$/.test(line))).toEqual([]);
  });
});
