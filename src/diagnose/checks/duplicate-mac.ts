/** Two containers on one bridge have the same MAC address. */
import { affectsAttachment, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Attachment } from '../host-view.ts';
import { recreateContainer } from '../remedies.ts';

export const duplicateMac: Check = {
  id: 'duplicate-mac',
  severity: 'error',
  about:
    'A bridge keeps one port for each MAC address. When two links behind it share one, frames go now to one, now to the other: both seem to ' +
    'fail by turns. It comes from a MAC address stored in the configuration and used again, or copied by a management tool.',
  not: [
    'the same MAC address on different bridges',
    'ipvlan links, which share their parent’s address by design',
    'containers that share one netns',
  ],
  references: ['moby#47211', 'moby#48082', 'portainer#1645'],
  needs: ['links'],
  // Frames come to somebody else, whose forwarding is off.
  leadsTo: 'setting',
  hides: ['flow-blocked', 'neighbour-unanswered', 'stale-neighbour'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap(({ bridge, attachments }) => {
        const byMac = new Map<string, Attachment[]>();
        for (const attachment of attachments) {
          const mac = attachment.inside?.facts.address?.toLowerCase();
          if (mac === undefined || mac === '') continue;
          const others = byMac.get(mac) ?? [];
          if (!others.some((one) => one.inside?.id === attachment.inside?.id)) byMac.set(mac, [...others, attachment]);
        }
        return [...byMac]
          .filter(([, sharing]) => sharing.length > 1)
          .map(([mac, sharing]) => ({
            subject: sharing
              .map(({ container }) => container.facts.name)
              .sort()
              .join('+'),
            title: `${listNames(sharing.map(({ container }) => container.facts.name))} have the same MAC address ${mac}`,
            why: `${bridge?.facts.ifname ?? 'The bridge'} delivers frames for both to whoever sent last: their connections fail by turns.`,
            evidence: sharing.map(({ container, inside }) => ({
              fact: `${inside!.facts.ifname} of ${container.facts.name} has ${mac}`,
              source: `ip link (${container.facts.name})`,
              link: inside!.id,
            })),
            remedies: [
              recreateContainer(
                sharing.at(-1)!.container.facts.name,
                'Gives it a MAC address of its own: leave mac_address out.',
              ),
            ],
            affects: sharing.flatMap(affectsAttachment),
          }));
      }),
    ),
};
