/** Two healthy hosts joined by flannel's VXLAN or by plain routes, written out whole, and ways to break them: what checks across hosts are tried on. */
import { describe, expect, test } from 'vitest';
import type { Check } from '../../src/diagnose/check.ts';
import { diagnose } from '../../src/diagnose/diagnose.ts';
import type { Problem } from '../../src/diagnose/finding.ts';
import { buildHostView } from '../../src/diagnose/host-view.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { hostId, netnsId } from '../../src/model/ids.ts';
import type { Link } from '../../src/model/link.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { PolicyRule } from '../../src/model/route.ts';
import type { Snapshot } from '../../src/model/snapshot.ts';
import {
  ipv4,
  makeBridge,
  makeLink,
  makeLo,
  makeNetns,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
} from '../graph/make-snapshot.ts';
import { type Mutable, makeNeighbour, makeRoute, makeSocket, mutable, sysctlsFor } from './healthy-host.ts';

type Wiring = 'flannel' | 'routes';

export interface HostDraft {
  readonly host: Mutable<Netns>;
  readonly web: Mutable<Netns>;
  link(ifname: string): Mutable<Link>;
  /** A rule in the host's filter table, at the end of a chain whose policy is to accept. */
  rule(rule: string, table?: 'filter' | 'nat'): void;
}

export interface HostsDraft {
  readonly a: HostDraft;
  readonly b: HostDraft;
}

export type HostsChange = (draft: HostsDraft) => void;

const policyRules = (): PolicyRule[] =>
  (['inet', 'inet6'] as const).flatMap((family) => [
    { family, priority: 0, src: 'all', table: 'local' },
    { family, priority: 32766, src: 'all', table: 'main' },
    { family, priority: 32767, src: 'all', table: 'default' },
  ]);

const local = (address: string, dev: string) =>
  makeRoute(address, dev, { type: 'local', table: 'local', scope: 'host', prefsrc: address });

const chains = {
  filter: ':INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n',
  nat: ':PREROUTING ACCEPT [0:0]\n:INPUT ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n:POSTROUTING ACCEPT [0:0]\n',
};

const ruleset = (rules: Readonly<Record<'filter' | 'nat', readonly string[]>>) => ({
  iptablesNft: (['nat', 'filter'] as const)
    .map((table) => `*${table}\n${chains[table]}${rules[table].map((rule) => `${rule}\n`).join('')}COMMIT\n`)
    .join(''),
  present: { nftTables: [], legacyTables: [], legacyTables6: [] },
});

const wireMac = (n: number) => `02:77:00:00:00:0${n}`;
const tunnelMac = (n: number) => `0e:fa:00:00:00:0${n}`;

const flannelLink = (n: number): Link =>
  makeLink(5, 'flannel.1', {
    address: tunnelMac(n),
    mtu: 1450,
    operstate: 'UNKNOWN',
    linkinfo: {
      info_kind: 'vxlan',
      info_data: { id: 1, local: `10.77.0.1${n}`, link: 'eth0', port: 8472, learning: false, ttl: 0, df: 'unset' },
    },
  });

const facts = (links: readonly Link[]) => ({
  routes6: [],
  policyRules: policyRules(),
  vlans: [],
  sysctls: sysctlsFor(links.map((link) => link.ifname)),
});

const homeOf = (n: number, wiring: Wiring): Netns => {
  const far = 3 - n;
  const tunnelled = wiring === 'flannel';
  const links = [
    makeLo(),
    makeLink(2, 'eth0', { address: wireMac(n) }),
    makeBridge(3, 'docker0', { address: `02:42:00:00:00:0${n}` }),
    makePort(4, 'vethweb', 2, 0, 'docker0', { address: `02:00:00:00:00:0${n}` }),
    ...(tunnelled ? [flannelLink(n)] : []),
  ];
  const onward = tunnelled
    ? makeRoute(`10.244.${far}.0/24`, 'flannel.1', { gateway: `10.244.${far}.0`, scope: 'global', flags: ['onlink'] })
    : makeRoute(`10.244.${far}.0/24`, 'eth0', { gateway: `10.77.0.1${far}`, scope: 'global', protocol: 'boot' });
  return makeNetns(1, links, {
    ...facts(links),
    isHost: true,
    nsids: nsids(100),
    addresses: [
      { ifindex: 2, ifname: 'eth0', addr_info: [ipv4(`10.77.0.1${n}`, 24)] },
      { ifindex: 3, ifname: 'docker0', addr_info: [ipv4(`10.244.${n}.1`, 24)] },
      ...(tunnelled ? [{ ifindex: 5, ifname: 'flannel.1', addr_info: [ipv4(`10.244.${n}.0`, 32)] }] : []),
    ],
    routes: [
      makeRoute('default', 'eth0', { gateway: '10.77.0.1', scope: 'global', protocol: 'boot' }),
      makeRoute('10.77.0.0/24', 'eth0', { prefsrc: `10.77.0.1${n}` }),
      makeRoute(`10.244.${n}.0/24`, 'docker0', { prefsrc: `10.244.${n}.1` }),
      onward,
      local(`10.77.0.1${n}`, 'eth0'),
      local(`10.244.${n}.1`, 'docker0'),
      ...(tunnelled ? [local(`10.244.${n}.0`, 'flannel.1')] : []),
    ],
    neighbours: [
      makeNeighbour(`10.77.0.1${far}`, 'eth0', wireMac(far), 'REACHABLE'),
      ...(tunnelled ? [makeNeighbour(`10.244.${far}.0`, 'flannel.1', tunnelMac(far), 'PERMANENT')] : []),
    ],
    fdb: tunnelled
      ? [{ mac: tunnelMac(far), ifname: 'flannel.1', dst: `10.77.0.1${far}`, flags: ['self'], state: 'permanent' }]
      : [],
    sockets: [],
    ruleset: ruleset({ filter: [], nat: [] }),
  });
};

const webOf = (n: number): Netns => {
  const links = [makeLo(), makeVeth(2, 'eth0', 4, 0, { address: `02:42:0a:f4:0${n}:02` })];
  return makeNetns(100, links, {
    ...facts(links),
    names: [`web${n}`],
    nsids: nsids(1),
    addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4(`10.244.${n}.2`, 24)] }],
    routes: [
      makeRoute('default', 'eth0', { gateway: `10.244.${n}.1`, scope: 'global', protocol: 'boot' }),
      makeRoute(`10.244.${n}.0/24`, 'eth0'),
      local(`10.244.${n}.2`, 'eth0'),
    ],
    neighbours: [],
    fdb: [],
    sockets: [makeSocket('tcp', '0.0.0.0', 80, 'nginx')],
    ruleset: ruleset({ filter: [], nat: [] }),
  });
};

const draftOf = (n: number, wiring: Wiring): HostDraft => {
  const host = mutable(homeOf(n, wiring));
  const rules = { filter: [] as string[], nat: [] as string[] };
  return {
    host,
    web: mutable(webOf(n)),
    link: (ifname) => host.links!.find((link) => link.ifname === ifname)!,
    rule: (rule, table = 'filter') => {
      rules[table].push(rule);
      host.ruleset = mutable(ruleset(rules));
    },
  };
};

/** Facts were written for one host: its name in every id is what tells two apart. */
const named = (draft: HostDraft, name: string): Snapshot => {
  const id = hostId(name);
  const own = ({ inode, ...rest }: Netns): Netns => ({
    ...rest,
    inode,
    id: netnsId(id, 4, inode),
    nsids: rest.nsids.map((entry) => ({ nsid: entry.nsid, netns: netnsId(id, 4, inode === 1 ? 100 : 1) })),
  });
  const made = makeSnapshot([draft.host as Netns, draft.web as Netns].map(own));
  return { ...made, host: { ...made.host, id, hostname: name } };
};

export const twoHosts = (wiring: Wiring, change: HostsChange = () => {}): readonly Snapshot[] => {
  const draft = { a: draftOf(1, wiring), b: draftOf(2, wiring) };
  change(draft);
  return [named(draft.a, 'node-a'), named(draft.b, 'node-b')];
};

const problemsOf = (check: Check, snapshots: readonly Snapshot[]): readonly Problem[] => {
  const graph = buildGraph(snapshots);
  return snapshots.flatMap((snapshot) => check.find(buildHostView(graph, snapshot)));
};

export interface HostsCheckTests {
  readonly wiring: Wiring;
  /** Story → how the two hosts are broken; the check is the first that is told. */
  readonly finds: Readonly<Record<string, HostsChange>>;
  readonly ignores: Readonly<Record<string, HostsChange>>;
}

const expectComplete = (problem: Problem): void => {
  const text = JSON.stringify([problem.title, problem.why, problem.evidence, problem.remedies]);
  expect(text).not.toMatch(/undefined|NaN|\[object/);
  expect(problem.evidence.length).toBeGreaterThan(0);
  for (const remedy of problem.remedies) {
    expect(remedy.commands.length + remedy.steps.length).toBeGreaterThan(0);
    if (remedy.automatic) expect(remedy.undo.length).toBeGreaterThan(0);
    // Whose command it is must show: by its netns, or by the first evidence that names one.
    const { netns } = [...remedy.commands, ...problem.evidence].find((one) => one.netns !== undefined) ?? {};
    if (remedy.commands.length > 0) expect(netns).toBeDefined();
  }
};

export function testHostsCheck(check: Check, { wiring, finds, ignores }: HostsCheckTests): void {
  describe(check.id, () => {
    for (const kind of ['flannel', 'routes'] as const) {
      test(`keeps silent on two healthy hosts joined by ${kind}`, () => {
        expect(problemsOf(check, twoHosts(kind))).toEqual([]);
      });
    }
    for (const [story, change] of Object.entries(finds)) {
      test(`finds: ${story}`, () => {
        const snapshots = twoHosts(wiring, change);
        const problems = problemsOf(check, snapshots);
        expect(problems.length).toBeGreaterThan(0);
        for (const problem of problems) expectComplete(problem);
        expect(diagnose(buildGraph(snapshots)).findings.map((finding) => finding.check)[0]).toBe(check.id);
      });
    }
    for (const [lookAlike, change] of Object.entries(ignores)) {
      test(`is silent about ${lookAlike}`, () => {
        expect(problemsOf(check, twoHosts(wiring, change))).toEqual([]);
      });
    }
  });
}
