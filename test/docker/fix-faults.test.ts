import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, vi } from 'vitest';
import type { Change } from '../../src/fix/change.ts';
import type { LabHost } from '../lab/lab-host.ts';
import { INTERNET_ADDRESS } from '../lab/lan.ts';
import { requires } from '../support/requires.ts';
import { type StandardHost, startStandardHost } from './standard-host.ts';

const CLI = fileURLToPath(new URL('../support/cli.ts', import.meta.url));

/** `@NAME`: the host end of that container's eth0; `%NAME`: its address; a line beginning with `NAME!` runs in its netns. */
interface Fault {
  readonly title: string;
  readonly inject: readonly string[];
  /** The finding that must come first. */
  readonly finding: RegExp;
  /** Fails while the fault is there. */
  readonly probe: string;
  /** After the undo: what puts the healthy host back. */
  readonly heal: readonly string[];
}

const neighbour = 'app1! ping -c1 -W1 %app2';
const outside = `app1! ping -c1 -W1 ${INTERNET_ADDRESS}`;
const fromHost = 'ping -c1 -W1 %app2';

const faults: readonly Fault[] = [
  {
    title: 'forwarding is off',
    inject: ['sysctl -w net.ipv4.ip_forward=0'],
    finding: /^ip-forward-disabled/,
    probe: outside,
    heal: ['sysctl -w net.ipv4.ip_forward=1'],
  },
  {
    title: 'the host end of a veth is down',
    inject: ['ip link set @app2 down'],
    finding: /^veth-down:app2/,
    probe: neighbour,
    heal: ['ip link set @app2 up'],
  },
  {
    title: 'the inner end of a veth is down',
    inject: ['app2! ip link set eth0 down'],
    finding: /^veth-down:app2/,
    probe: neighbour,
    heal: ['app2! ip link set eth0 up', 'app2! ip route add default via 172.20.0.1'],
  },
  {
    title: 'a veth has lost its bridge',
    inject: ['ip link set @app2 nomaster'],
    finding: /^veth-without-master:app2/,
    probe: neighbour,
    heal: ['ip link set @app2 master br-app'],
  },
  {
    title: 'a bridge is down',
    inject: ['ip link set br-app down'],
    finding: /^bridge-down:br-app/,
    probe: neighbour,
    heal: ['ip link set br-app up'],
  },
  {
    title: 'a bridge has lost its address',
    inject: ['ip addr flush dev br-app scope global'],
    finding: /^bridge-address-missing:br-app/,
    probe: fromHost,
    heal: ['ip addr add 172.20.0.1/16 brd + dev br-app'],
  },
  {
    title: 'the masquerade rule is gone',
    inject: ['iptables -t nat -D POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE'],
    finding: /^masquerade-missing:appnet/,
    probe: outside,
    heal: ['iptables -t nat -A POSTROUTING -s 172.20.0.0/16 ! -o br-app -j MASQUERADE'],
  },
  {
    title: 'DOCKER-USER drops answers',
    inject: ['iptables -I DOCKER-USER -i eth0 -j DROP'],
    finding: /^docker-user-drops-replies/,
    probe: outside,
    heal: ['iptables -D DOCKER-USER -i eth0 -j DROP'],
  },
  {
    title: 'a rule of somebody stops neighbours',
    inject: ['iptables -I FORWARD 1 -d %app2 -j DROP'],
    finding: /^flow-blocked:filter\/FORWARD\/1/,
    probe: neighbour,
    heal: ['iptables -D FORWARD -d %app2 -j DROP'],
  },
  {
    title: 'a bridge port is disabled',
    inject: ['bridge link set dev @app2 state 0'],
    finding: /^bridge-port-blocked:app2/,
    probe: neighbour,
    heal: ['bridge link set dev @app2 state 3'],
  },
  {
    title: 'bridge ports are isolated from each other',
    inject: ['bridge link set dev @app1 isolated on', 'bridge link set dev @app2 isolated on'],
    finding: /^bridge-ports-isolated:br-app/,
    probe: neighbour,
    heal: ['bridge link set dev @app1 isolated off', 'bridge link set dev @app2 isolated off'],
  },
  {
    title: 'a container has no default route',
    inject: ['app1! ip route del default'],
    finding: /^container-no-default-route:app1/,
    probe: outside,
    heal: ['app1! ip route add default via 172.20.0.1'],
  },
  {
    title: 'a container has a gateway that is not there',
    inject: ['app1! ip route replace default via 172.20.0.77'],
    finding: /^container-gateway-unreachable:app1/,
    probe: outside,
    heal: ['app1! ip route replace default via 172.20.0.1'],
  },
  {
    title: 'a container has another address than its engine knows',
    inject: ['app2! ip addr del %app2/16 dev eth0', 'app2! ip addr add 172.20.9.9/16 dev eth0'],
    finding: /^container-address-wrong:app2/,
    probe: neighbour,
    heal: [
      'app2! ip addr del 172.20.9.9/16 dev eth0',
      'app2! ip addr add %app2/16 brd 172.20.255.255 dev eth0',
      'app2! ip route add default via 172.20.0.1',
    ],
  },
  {
    title: 'a neighbour entry is wrong for good',
    inject: ['ip neigh replace %app2 lladdr 02:00:00:00:00:99 dev br-app nud permanent'],
    finding: /^stale-neighbour:app2/,
    probe: fromHost,
    heal: ['ip neigh del %app2 dev br-app'],
  },
  {
    title: 'a link does not answer ARP',
    inject: ['app2! ip link set eth0 arp off'],
    finding: /^link-without-arp:app2/,
    probe: neighbour,
    heal: ['app2! ip link set eth0 arp on'],
  },
  {
    title: 'the ends of a veth have different MTUs',
    inject: ['app2! ip link set eth0 mtu 1300'],
    finding: /^veth-mtu-mismatch:app2/,
    probe: 'app1! ping -c1 -W1 -s 1400 %app2',
    heal: ['app2! ip link set eth0 mtu 1500'],
  },
];

/** As scripts compare it: counters, lifetimes and what the kernel learns left out. */
const STATE = `
iptables-save; ip6tables-save; nft -s list ruleset
for p in 1 "$@"; do
  n="nsenter -t $p -n"
  $n ip -j -d link; $n ip -j addr; $n ip -j route show table all; $n ip -j -6 route show table all; $n ip -j rule
  $n ip -j neigh show nud permanent; $n bridge fdb show | grep -E 'permanent|static' | sort; $n iptables-save
  $n sysctl -a 2>/dev/null | grep '^net\\.' | grep -vE 'conntrack_count|stable_secret'
done`;

const steady = (text: string): string =>
  text
    .replaceAll(/\[\d+:\d+\]/g, '')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/"\w*timer":[\d.]+|"(?:valid|preferred)_life_time":\d+|"fdb_n_learned":\d+/g, '');

const lab = requires('docker');

lab.describe('on a host with Docker', () => {
  let standard: StandardHost;
  let host: LabHost;
  const address = new Map<string, string>();
  const veth = new Map<string, string>();
  const pids = new Map<string, string>();

  beforeAll(async () => {
    standard = await startStandardHost();
    host = standard.host;
    for (const name of ['app1', 'app2']) {
      address.set(name, await host.docker('inspect', '-f', '{{.NetworkSettings.Networks.appnet.IPAddress}}', name));
      pids.set(name, await host.docker('inspect', '-f', '{{.State.Pid}}', name));
      const index = (await host.docker('exec', name, 'cat', '/sys/class/net/eth0/iflink')).trim();
      const links = (await host.run(['ip', '-o', 'link'])).stdout;
      veth.set(name, new RegExp(`^${index}: ([^@:]+)`, 'm').exec(links)?.[1] ?? '');
    }
  });
  afterAll(() => standard?.stop());

  const run = (line: string, mayFail = false) => {
    const full = line
      .replaceAll(/@(app\d)/g, (_, name: string) => veth.get(name) ?? '')
      .replaceAll(/%(app\d)/g, (_, name: string) => address.get(name) ?? '');
    const [, where, command = ''] = /^(?:(\w+)! )?(.*)$/.exec(full) ?? [];
    const enter = where === undefined ? [] : ['nsenter', '-t', pids.get(where) ?? '', '-n'];
    return host.run([...enter, ...command.split(' ')], { mayFail });
  };
  const works = async (probe: string) => (await run(probe, true)).code === 0;
  const state = async () =>
    steady((await host.run(['sh', '-c', STATE, 'sh', ...pids.values()], { mayFail: true })).stdout).split('\n');
  const vethscope = async (...args: readonly string[]) => {
    const { code, stdout, stderr } = await host.run([process.execPath, CLI, ...args, '--json'], { mayFail: true });
    return { code, stderr, document: stdout === '' ? undefined : JSON.parse(stdout) };
  };
  /** IPv6 addresses of links that came up are tentative for a second or two. */
  const restedState = async () => {
    let last = await state();
    await vi.waitFor(
      async () => {
        const [before, now] = [last, await state()];
        last = now;
        expect(now).toEqual(before);
      },
      { timeout: 30_000, interval: 700 },
    );
    return last;
  };

  lab.test.each(faults.map((fault) => [fault.title, fault] as const))(
    '%s: named first, mended, taken back byte for byte',
    async (_, { inject, finding, probe, heal }) => {
      expect(await works(probe)).toBe(true);
      for (const line of inject) await run(line);
      try {
        expect(await works(probe)).toBe(false);
        const { code, document } = await vethscope('doctor');
        expect(code).toBe(1);
        expect(document.findings[0].id).toMatch(finding);

        const before = await restedState();
        const fixed = await vethscope('fix', document.findings[0].id, '--yes');
        expect(fixed.document?.change ?? fixed.stderr).toMatchObject({ state: 'verified', findingGone: true });
        expect(fixed.code).toBe(0);
        expect(await works(probe)).toBe(true);

        const undone = await vethscope('undo');
        expect((undone.document?.change as Change) ?? undone.stderr).toMatchObject({ state: 'undone' });
        expect(await restedState()).toEqual(before);
        expect(await works(probe)).toBe(false);
      } finally {
        for (const line of heal) await run(line, true);
      }
      await vi.waitFor(async () => expect(await works(probe)).toBe(true), { timeout: 10_000 });
    },
  );
});
