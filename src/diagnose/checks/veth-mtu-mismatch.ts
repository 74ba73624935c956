/** The two ends of a container's veth, or its neighbours, disagree about the MTU. */
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type Attachment, where } from '../host-view.ts';
import { automatic, command, recreateContainer, untilRestart } from '../remedies.ts';

/** Both ends take less than neighbours on the bridge send. A bridge cuts nothing and tells nobody: what is too long is dropped. */
function smallerThanNeighbours(attachments: readonly Attachment[]): readonly Problem[] {
  const largest = attachments.toSorted((a, b) => (b.inside?.facts.mtu ?? 0) - (a.inside?.facts.mtu ?? 0))[0];
  return attachments.flatMap((attachment) => {
    const { inside, outside, container } = attachment;
    if (inside === undefined || outside === undefined || largest?.inside === undefined) return [];
    const { mtu } = outside.facts;
    if (inside.facts.mtu !== mtu || mtu >= largest.inside.facts.mtu) return [];
    const { name } = largest.container.facts;
    return {
      subject: container.facts.name,
      severity: 'warning' as const,
      title: `${container.facts.name} takes ${mtu} bytes, its neighbour ${name} sends up to ${largest.inside.facts.mtu}`,
      why: 'The bridge drops longer frames without a message: TCP agrees on less, but long datagrams and pings vanish.',
      evidence: [inside, outside, largest.inside].map((link) => ({
        fact: `${link.facts.ifname} mtu ${link.facts.mtu}`,
        source: `ip link (${link === largest.inside ? name : container.facts.name})`,
        link: link.id,
      })),
      remedies: [recreateContainer(container.facts.name, 'The engine makes a new link with the MTU of the network.')],
      affects: affectsAttachment(attachment),
    };
  });
}

export const vethMtuMismatch: Check = {
  id: 'veth-mtu-mismatch',
  severity: 'error',
  about:
    'A veth drops frames that are longer than the other end’s MTU, without any message back: small packets pass, large ones vanish. Both ends ' +
    'must have the same MTU.',
  not: [
    'both ends with the same MTU, and all neighbours too',
    'an MTU smaller than the uplink’s',
    'a smaller MTU inside than outside: what the host sends is cut to the bridge’s MTU first',
  ],
  references: ['linux veth_xmit(): is_skb_forwardable()', 'moby#22028'],
  needs: ['links'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ bridges }) =>
      bridges.flatMap(({ attachments, bridge }) => [
        ...smallerThanNeighbours(attachments),
        ...attachments.flatMap((attachment) => {
          const { inside, outside, container } = attachment;
          if (inside === undefined || outside === undefined || inside.facts.mtu === outside.facts.mtu) return [];
          const [small, large] = inside.facts.mtu < outside.facts.mtu ? [inside, outside] : [outside, inside];
          // The bridge hands over frames up to its own MTU; a smaller end outside of that drops what neighbours send.
          if (small === inside && (bridge?.facts.mtu ?? 0) <= inside.facts.mtu) return [];
          const netns = view.netnsOf(small.netns);
          return {
            subject: container.facts.name,
            severity: small === outside ? ('error' as const) : ('warning' as const),
            title: `${container.facts.name}: ${large.facts.ifname} sends up to ${large.facts.mtu} bytes, ${small.facts.ifname} takes ${small.facts.mtu}`,
            why: 'Frames in between vanish without a message: small requests work, large answers hang.',
            evidence: [
              {
                fact: `${inside.facts.ifname} mtu ${inside.facts.mtu}`,
                source: `ip link (${container.facts.name})`,
                link: inside.id,
              },
              {
                fact: `${outside.facts.ifname} mtu ${outside.facts.mtu}`,
                source: `ip link ${where(view.netnsOf(outside.netns))}`,
                link: outside.id,
              },
            ],
            remedies: [
              automatic({
                title: `Set both ends to ${large.facts.mtu}`,
                changes: `Sets the MTU of ${small.facts.ifname} from ${small.facts.mtu} to ${large.facts.mtu}.`,
                scope: 'container',
                commands: [
                  command(netns, 'ip', 'link', 'set', 'dev', small.facts.ifname, 'mtu', String(large.facts.mtu)),
                ],
                undo: [command(netns, 'ip', 'link', 'set', 'dev', small.facts.ifname, 'mtu', String(small.facts.mtu))],
                persistence: untilRestart,
              }),
            ],
            affects: affectsAttachment(attachment),
          };
        }),
      ]),
    ),
};
