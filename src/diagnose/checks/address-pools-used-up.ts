/** The engine has no subnet left to give to another network. */
import { findAddressBlocks } from '../../systems/docker-address-pools.ts';
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

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
      const blocks = findAddressBlocks(view.graph).filter(
        ({ host, engine: kind, pool }) => host === view.id && kind === 'docker' && pool !== undefined,
      );
      const pools = [...new Set(blocks.map(({ pool }) => pool))];
      const count = (some: typeof blocks): number => some.reduce((sum, one) => sum + one.blocks, 0);
      const all = count(blocks);
      const used = all - count(blocks.filter(({ state }) => state === 'free'));
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
            fact: `pools ${pools.length > 3 ? `${pools[0]} … ${pools.at(-1)}` : pools.join(', ')}: ${used} of ${all} subnets in use`,
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
