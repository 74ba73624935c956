/** The engine has no subnet left to give to another network. */
import { type IpPrefix, parsePrefix } from '../../std/ip-address.ts';
import type { Check } from '../check.ts';
import type { EngineView } from '../host-view.ts';
import { guided } from '../remedies.ts';

interface Pool {
  readonly base: string;
  readonly size: number;
}

/** moby daemon/libnetwork/ipamutils: what it takes from when nobody configured pools. */
const defaultPools: readonly Pool[] = [
  ...Array.from({ length: 15 }, (_, n) => ({ base: `172.${17 + n}.0.0/16`, size: 16 })),
  { base: '192.168.0.0/16', size: 20 },
];

/** More subnets than that nobody uses up; the pool counts as endless. */
const slotLimit = 4096;

const bounds = ({ value, length }: IpPrefix): readonly [bigint, bigint] => {
  const hosts = 1n << BigInt(32 - length);
  const first = (value / hosts) * hosts;
  return [first, first + hosts - 1n];
};

/** How many subnets a pool has, and how many of them touch something that is there. */
function countSlots(pool: Pool, taken: readonly IpPrefix[]): { readonly all: number; readonly used: number } {
  const base = parsePrefix(pool.base);
  if (base === undefined || base.family !== 4 || pool.size < base.length) return { all: 0, used: 0 };
  const all = 2 ** (pool.size - base.length);
  if (all > slotLimit) return { all, used: 0 };
  const [first] = bounds(base);
  const width = 1n << BigInt(32 - pool.size);
  let used = 0;
  for (let slot = 0n; slot < BigInt(all); slot++) {
    const from = first + slot * width;
    if (taken.some((prefix) => bounds(prefix)[0] < from + width && bounds(prefix)[1] >= from)) used++;
  }
  return { all, used };
}

/** Subnets of networks, and networks the host is on: the engine gives out none that overlaps them. */
function takenBy({ networks, netns }: EngineView): readonly IpPrefix[] {
  const subnets = networks.flatMap(({ facts }) => facts.subnets.map(({ subnet }) => subnet));
  const onLink = (netns?.facts.routes ?? [])
    .filter(
      ({ type, scope, dst, gateway }) =>
        type === 'unicast' && scope === 'link' && dst !== 'default' && gateway === undefined,
    )
    .map(({ dst }) => dst);
  return [...new Set([...subnets, ...onLink])].flatMap((text) => {
    const prefix = parsePrefix(text);
    return prefix?.family === 4 ? [prefix] : [];
  });
}

export const addressPoolsUsedUp: Check = {
  id: 'address-pools-used-up',
  severity: 'warning',
  about:
    'A network without a subnet of its own gets one from the engine’s pools: 31 with the defaults. Each compose project takes one or more, and ' +
    'networks of the host that overlap a pool take some away. When none is left, making a network fails with "could not find an available, ' +
    'non-overlapping IPv4 address pool" or "all predefined address pools have been fully subnetted".',
  not: [
    'networks with subnets outside the pools',
    'many networks with subnets left: told as a remark when few are left',
    'pools of the operator’s own with room',
    'routes by a gateway, which the engine does not avoid',
  ],
  references: ['for-linux#599', 'for-linux#123', 'moby ipamutils (default address pools)'],
  needs: ['routes'],
  find: (view) =>
    view.engines.flatMap((engine) => {
      if (engine.engine.kind !== 'docker') return [];
      const pools = engine.engine.addressPools ?? defaultPools;
      const taken = takenBy(engine);
      const counts = pools.map((pool) => countSlots(pool, taken));
      const all = counts.reduce((sum, one) => sum + one.all, 0);
      const used = counts.reduce((sum, one) => sum + one.used, 0);
      if (all === 0 || used < 0.8 * all) return [];
      const idle = engine.bridges.filter(
        ({ network, attachments }) =>
          attachments.length === 0 && network.facts.containers.length === 0 && network.facts.name !== 'bridge',
      );
      return {
        subject: 'this host',
        severity: used >= all ? ('warning' as const) : ('info' as const),
        title:
          used >= all
            ? 'No subnet is left for another network'
            : `${all - used} of ${all} subnets are left for further networks`,
        why:
          used >= all
            ? 'Making a network without naming its subnet fails; those that are there work.'
            : 'When none is left, making a network fails; those that are there go on working.',
        evidence: [
          {
            fact: `pools ${pools.length > 3 ? `${pools[0]?.base} … ${pools.at(-1)?.base}` : pools.map(({ base, size }) => `${base} in /${size}`).join(', ')}: ${used} of ${all} subnets in use`,
            source: 'docker info, docker network ls, ip route',
          },
        ],
        remedies: [
          guided({
            title: 'Remove networks nobody uses',
            changes: 'Their subnets are free again.',
            scope: 'host',
            risk: 'A stopped container of such a network cannot start any more.',
            riskLevel: 'medium',
            persistence: 'For good.',
            steps: [
              idle.length === 0
                ? 'every network has somebody on it'
                : `without containers now: ${idle
                    .slice(0, 8)
                    .map(({ network }) => network.facts.name)
                    .join(', ')}`,
              'docker network rm NAME',
            ],
          }),
          guided({
            title: 'Give the engine smaller and more subnets',
            changes: 'New networks take from the pools you name; those that are there keep theirs.',
            scope: 'host',
            risk: 'The engine restarts.',
            riskLevel: 'high',
            persistence: 'For good.',
            steps: [
              '/etc/docker/daemon.json: "default-address-pools": [{"base": "172.20.0.0/14", "size": 24}]',
              'dockerd --validate --config-file /etc/docker/daemon.json, then restart the engine',
            ],
          }),
        ],
        affects: [],
      };
    }),
};
