import { describe, expect, test } from 'vitest';
import { chooseDemo } from '../../src/demo/choose-demo.ts';
import { recordedStories } from '../../src/demo/recorded-stories.ts';
import { stories } from '../../src/demo/stories.ts';
import { runMain } from '../support/run-main.ts';

/** Story → what a trace between its two ends comes to, and words of what decides. */
const OUTCOMES: Readonly<Record<string, readonly [outcome: string, decidedBy: RegExp]>> = {
  healthy: ['delivered', /5432/],
  'veth-down': ['no-neighbour', /veth01b2c3d in host, the other end of its eth0, is down/],
  'icc-off': ['dropped', /-i br-back -o br-back -j DROP/],
  'rule-drop': ['dropped', /DOCKER-USER .*--dport 80 -j DROP/],
  pipework: ['dropped', /policy of filter FORWARD is drop/],
  'overlay-entry': ['unknown', /leaves by eth0 for 10\.99\.0\.13, which is not in the picture/],
  'bgp-lost': ['unknown', /192\.168\.2\.2 is an address of node-b\/db, but the packet leaves by eth0/],
  'tunnel-mtu': ['delivered', /5432/],
  'loopback-only': ['no-listener', /127\.0\.0\.1/],
  weave: ['no-route', /no route to 10\.40\.0\.2/],
  swarm: ['delivered', /vxlan0 puts it into VXLAN 4097 for 10\.77\.0\.12 udp 4789/],
  ipvlan: ['no-neighbour', /eth0 and the links on it do not hear each other/],
  vlan: ['unknown', /eth0\.50 tags VLAN 50 and sends through eth0/],
  'open-vswitch': ['no-neighbour', /nobody on eth1 answers for 192\.168\.50\.12/],
};

/** Story → what must be found on its hosts without being asked for a path. */
const FINDINGS: Readonly<Record<string, string>> = {
  'veth-down': 'veth-down',
  pipework: 'leftover-veth',
  'overlay-entry': 'overlay-entry-wrong',
  'bgp-lost': 'bgp-routes-absent',
  'tunnel-mtu': 'tunnel-mtu-too-large',
};

interface TraceDocument {
  readonly outcome: string;
  readonly explanation: string;
  readonly decidedBy?: unknown;
}

describe('the bundled recording of', () => {
  for (const story of [...stories, ...recordedStories]) {
    test(`"${story.title}" tells when asked for the path`, async () => {
      const choice = chooseDemo(story.id, { privileged: false, inside: false });
      if (choice.kind !== 'recording') throw new Error(`no recording: ${choice.kind}`);
      const { from, to } = story.ask;
      const ran = await runMain([
        'trace',
        from,
        to,
        ...choice.paths.flatMap((path) => ['--recording', path]),
        '--json',
      ]);
      const document = JSON.parse(ran.stdout) as TraceDocument;
      const [outcome, decidedBy] = OUTCOMES[story.id] ?? [];
      expect(document.outcome).toBe(outcome);
      expect(JSON.stringify(document)).toMatch(decidedBy ?? /nothing/);
      expect(ran.code).toBe(outcome === 'delivered' ? 0 : outcome === 'unknown' ? 3 : 1);
    });
  }

  test.each(Object.entries(FINDINGS))('%s has %s found on it', async (id, finding) => {
    const choice = chooseDemo(id, { privileged: false, inside: false });
    if (choice.kind !== 'recording') throw new Error(`no recording: ${choice.kind}`);
    const ran = await runMain(['doctor', ...choice.paths.flatMap((path) => ['--recording', path]), '--json']);
    const { findings } = JSON.parse(ran.stdout) as { findings: readonly { id: string }[] };
    expect(findings.map(({ id: found }) => found.split(':')[0])).toContain(finding);
  });

  test('nothing is found wrong with the healthy one', async () => {
    const choice = chooseDemo('healthy', { privileged: false, inside: false });
    if (choice.kind !== 'recording') throw new Error(`no recording: ${choice.kind}`);
    const ran = await runMain(['doctor', ...choice.paths.flatMap((path) => ['--recording', path]), '--json']);
    const { findings } = JSON.parse(ran.stdout) as { findings: readonly { id: string; severity: string }[] };
    expect(findings.filter(({ severity }) => severity !== 'info')).toEqual([]);
  });
});
