import { afterAll, beforeAll, expect } from 'vitest';
import type { LabHost } from '../lab/lab-host.ts';
import { leftovers, type MachineState, machineState } from '../lab/leftovers.ts';
import { askJson } from '../lab/vethscope.ts';
import { standard } from '../scenarios/standard.ts';
import { findEngineRoot, type Need } from '../support/needs.ts';
import { requires } from '../support/requires.ts';
import { kernelTruth, type TrueLink } from './kernel-truth.ts';
import { type StandardHost, startStandardHost } from './standard-host.ts';

interface Row {
  readonly netns: { readonly inode: number };
  readonly ifindex: number;
  readonly ifname: string;
  readonly kind: string;
  readonly master?: string | { readonly ifname: string };
  readonly peer?: { readonly ifindex: number; readonly netns: { readonly inode: number } };
  readonly lowerLink?: { readonly ifindex: number; readonly netns: { readonly inode: number } };
  readonly mtu: number;
  readonly mac: string;
  readonly addresses: readonly string[];
}

interface Match {
  readonly kind: string;
  readonly container?: { readonly name: string };
  readonly netns: { readonly inode: number };
  readonly link?: { readonly ifindex: number; readonly ifname: string };
  readonly peer?: { readonly ifindex: number; readonly netns: { readonly inode: number } };
  readonly bridge?: { readonly ifname: string };
  readonly certainty: string;
}

const end = (other: Row['peer']): string | undefined =>
  other === undefined || other.netns.inode === 0 ? undefined : `${other.netns.inode}#${other.ifindex}`;

/** Our row in the words of the kernel's. A netns without an inode is one nobody here can see, `ip` neither. */
const asTruth = (row: Row): TrueLink => {
  const master = typeof row.master === 'string' ? row.master : row.master?.ifname;
  const peer = end(row.peer);
  const lowerLink = end(row.lowerLink);
  return {
    inode: row.netns.inode,
    ifindex: row.ifindex,
    ifname: row.ifname,
    kind: row.kind,
    mtu: row.mtu,
    mac: row.mac,
    addresses: row.addresses.toSorted(),
    ...(master === undefined ? {} : { master }),
    ...(peer === undefined ? {} : { peer }),
    ...(lowerLink === undefined ? {} : { lowerLink }),
  };
};

/** Container → inode of its netns, as the engine and /proc have it. */
const containerNetns = async (host: LabHost): Promise<ReadonlyMap<string, number>> => {
  const names = (await host.docker('ps', '--format', '{{.Names}}')).split('\n');
  const inodes = await Promise.all(
    names.map(async (name): Promise<[string, number]> => {
      const pid = await host.docker('inspect', '--format', '{{.State.Pid}}', name);
      return [name, Number((await host.run(['stat', '-L', '-c', '%i', `/proc/${pid}/ns/net`])).stdout)];
    }),
  );
  return new Map(inodes);
};

const engines: readonly {
  readonly title: string;
  readonly needs: readonly Need[];
  readonly suite?: string;
  readonly iptables?: 'legacy';
}[] = [
  { title: "the machine's own engine", needs: ['docker'] },
  {
    title: "the machine's own engine on legacy iptables",
    needs: ['docker', 'kernel:iptables-legacy'],
    iptables: 'legacy',
  },
  { title: 'docker 20.10.5', needs: ['engine:bullseye'], suite: 'bullseye' },
  { title: 'docker 26.1', needs: ['engine:trixie'], suite: 'trixie' },
  { title: 'docker 28.5', needs: ['engine:forky'], suite: 'forky' },
];

for (const { title, needs, suite, iptables } of engines) {
  const lab = requires(...needs, 'kernel:macvlan');
  lab.describe(`on a host with ${title}`, () => {
    let before: MachineState;
    let standing: StandardHost;
    let truth: readonly TrueLink[];
    beforeAll(async () => {
      before = machineState();
      const root = suite === undefined ? undefined : findEngineRoot(suite);
      standing = await startStandardHost({
        ...(root === undefined ? {} : { root }),
        ...(iptables ? { iptables } : {}),
      });
      truth = await kernelTruth(standing.host);
    });
    afterAll(async () => {
      await standing?.stop();
      expect(leftovers(before)).toEqual([]);
    });

    lab.test(
      '`list links` says of every link in every netns what ip says, peers and lower links included',
      async () => {
        const { code, document } = await askJson<{ rows: readonly Row[] }>(standing.host, ['list', 'links']);
        expect(code).toBe(0);
        const ours = document.rows.filter((row) => row.netns.inode !== 0).map(asTruth);
        expect(ours.toSorted((a, b) => a.inode - b.inode || a.ifindex - b.ifindex)).toEqual(truth);
        expect(truth.filter((link) => link.peer !== undefined).length).toBeGreaterThanOrEqual(30);
      },
    );

    lab.test('`locate` finds every running container with its links, their other ends and bridges', async () => {
      for (const [name, inode] of await containerNetns(standing.host)) {
        const { code, document } = await askJson<{ matches: readonly Match[] }>(standing.host, ['locate', `${name}`]);
        expect(code, name).toBe(0);
        const matches = document.matches.filter((match) => match.container?.name === name && match.link !== undefined);
        expect(
          matches.every((match) => match.netns.inode === inode),
          name,
        ).toBe(true);
        for (const match of matches) {
          const link = truth.find((one) => one.inode === inode && one.ifindex === match.link?.ifindex);
          expect(link?.ifname, name).toBe(match.link?.ifname);
          if (inode === truth[0]?.inode) continue;
          expect(end(match.peer), name).toBe(link?.peer);
          const outer = truth.find((one) => `${one.inode}#${one.ifindex}` === link?.peer);
          expect(match.bridge?.ifname, `${name} ${link?.ifname}`).toBe(outer?.master);
        }
      }
    });

    lab.test('`locate` leads from the host end of a pair to the container behind it', async () => {
      const containers = await containerNetns(standing.host);
      const app2 = containers.get('app2');
      const inner = truth.find((link) => link.inode === app2 && link.ifname === 'eth0');
      const outer = truth.find((link) => `${link.inode}#${link.ifindex}` === inner?.peer);
      const { document } = await askJson<{ matches: readonly Match[] }>(standing.host, ['locate', `${outer?.ifname}`]);
      const [match] = document.matches;
      expect(match?.certainty).toBe('exact');
      expect(JSON.stringify(match)).toContain('"app2"');
    });

    for (const question of standard.ask) {
      lab.test(`\`${question.args.join(' ')}\` answers as the scenario says`, async () => {
        const { code, document } = await askJson(standing.host, question.args);
        expect(code).toBe(question.code ?? 0);
        expect(document).toMatchObject(question.expect as object);
      });
    }
  });
}
