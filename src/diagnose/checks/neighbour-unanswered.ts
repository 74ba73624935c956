/** A running container does not answer when the host asks for its MAC address. */
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';

export const neighbourUnanswered: Check = {
  id: 'neighbour-unanswered',
  severity: 'info',
  about:
    'The host asked for the MAC address of a running container and got no answer. Alone it says little: the entry may be from before the ' +
    'container came up. Together with a fault of the link it shows that the fault has been felt.',
  not: [
    'entries for addresses of stopped containers',
    'macvlan containers, which the host never reaches',
    'STALE entries',
  ],
  references: ['man 7 arp'],
  needs: ['links', 'neighbours'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, attachments }) => {
        const unanswered = (netns?.facts.neighbours ?? []).filter(
          (entry) =>
            entry.dev === bridge?.facts.ifname &&
            (entry.state.includes('FAILED') || entry.state.includes('INCOMPLETE')),
        );
        return attachments.flatMap((attachment) => {
          const entry = unanswered.find((one) => one.dst === attachment.endpoint.ipv4);
          if (entry === undefined || attachment.container.facts.state !== 'running') return [];
          const { name } = attachment.container.facts;
          return {
            subject: name,
            title: `${name} did not answer when the host asked for ${entry.dst}`,
            why: 'The host has no MAC address for it; the next packet asks again.',
            evidence: [
              {
                fact: `${entry.dst} dev ${entry.dev} ${entry.state.join(',')}`,
                source: `ip neigh ${where(netns)}`,
                ...(bridge === undefined ? {} : { link: bridge.id }),
              },
            ],
            remedies: [],
            affects: affectsAttachment(attachment),
          };
        });
      }),
    ),
};
