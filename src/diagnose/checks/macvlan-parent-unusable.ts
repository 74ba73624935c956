/** The parent link of a macvlan or ipvlan network is missing or switched off. */
import type { Check } from '../check.ts';
import { isUp, where } from '../host-view.ts';
import { automatic, command, guided, untilReboot } from '../remedies.ts';

export const macvlanParentUnusable: Check = {
  id: 'macvlan-parent-unusable',
  severity: 'error',
  about:
    'Containers on a macvlan or ipvlan network send and receive through the parent link of the host. When it is switched off or gone, they reach nobody, not even each other.',
  not: [
    'internal networks, whose parent is a dummy on purpose',
    'a network nobody runs on',
    'links that were not read',
  ],
  references: ['libnetwork#1298', 'libnetwork#2571'],
  needs: ['links'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ netns, networks, running, engine }) =>
      networks.flatMap((network) => {
        const { driver, name, options, internal } = network.facts;
        const parent = options['parent'];
        if (
          (driver !== 'macvlan' && driver !== 'ipvlan') ||
          netns?.facts.links === undefined ||
          internal ||
          parent === undefined ||
          parent === ''
        )
          return [];
        const users = running.filter((container) => container.networks.includes(network.id));
        const link = view.linkNamed(netns.id, parent);
        if (users.length === 0 || (link !== undefined && isUp(link))) return [];
        return {
          subject: name,
          title:
            link === undefined
              ? `${parent}, the parent of ${driver} network ${name}, does not exist`
              : `${parent}, the parent of ${driver} network ${name}, is switched off`,
          why: 'Its containers reach nobody.',
          evidence: [
            {
              fact:
                link === undefined
                  ? `no link ${parent}`
                  : `${parent} has flags ${link.facts.flags.join(',')}: UP is missing`,
              source: `ip link ${where(netns)}`,
              ...(link === undefined ? { netns: netns.id } : { link: link.id }),
            },
            { fact: `parent=${parent}`, source: `${engine.kind} network inspect ${name}` },
          ],
          remedies:
            link === undefined
              ? [
                  guided({
                    title: 'Make the parent link, or the network again',
                    changes: 'The containers have a way out.',
                    scope: 'network',
                    risk: 'Containers on it are started anew.',
                    riskLevel: 'medium',
                    persistence: 'For good.',
                    steps: ['a VLAN link must exist before the containers start'],
                  }),
                ]
              : [
                  automatic({
                    title: `Switch ${parent} on`,
                    changes: `Sets the UP flag of ${parent}.`,
                    scope: 'link',
                    commands: [command(netns, 'ip', 'link', 'set', 'dev', parent, 'up')],
                    undo: [command(netns, 'ip', 'link', 'set', 'dev', parent, 'down')],
                    persistence: untilReboot,
                  }),
                ],
          affects: [network.id, ...users.map((container) => container.id), ...(link === undefined ? [] : [link.id])],
        };
      }),
    ),
};
