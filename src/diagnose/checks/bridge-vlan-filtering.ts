/** VLAN filtering is on and a container's port is in another VLAN than the bridge itself. */
import type { BridgeVlans } from '../../model/link.ts';
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

/** The VLAN untagged frames get; undefined: they are dropped. */
function pvidOf(vlans: readonly BridgeVlans[], ifname: string): number | undefined {
  const all = vlans.find((one) => one.ifname === ifname)?.vlans ?? [];
  return all.find((one) => one.flags?.includes('PVID') === true)?.vlan;
}

export const bridgeVlanFiltering: Check = {
  id: 'bridge-vlan-filtering',
  severity: 'error',
  about:
    'With vlan_filtering on, a port takes untagged frames only into its PVID. A container whose port has no PVID, or another one than the ' +
    'bridge’s own, reaches neither the gateway nor neighbours in other VLANs. Engines do not use VLANs on their bridges.',
  not: [
    'vlan_filtering off: VLAN tables are not looked at',
    'port and bridge with the same PVID',
    'a bridge of another maker',
  ],
  references: ['man 8 bridge (vlan)', 'linux br_allowed_ingress()'],
  needs: ['links', 'vlans'],
  hides: ['flow-blocked', 'neighbour-unanswered', 'container-gateway-unreachable'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) =>
      bridges.flatMap(({ bridge, attachments }) => {
        const vlans = netns?.facts.vlans;
        if (
          bridge === undefined ||
          vlans === undefined ||
          Number(bridge.facts.linkinfo?.info_data?.['vlan_filtering'] ?? 0) === 0
        )
          return [];
        const own = pvidOf(vlans, bridge.facts.ifname);
        if (own === undefined) return [];
        return attachments.flatMap((attachment) => {
          const { outside, container } = attachment;
          if (outside === undefined || outside.master !== bridge.id) return [];
          const port = pvidOf(vlans, outside.facts.ifname);
          if (port === own) return [];
          const { ifname } = outside.facts;
          return {
            subject: container.facts.name,
            title: `${container.facts.name}'s port is ${port === undefined ? 'in no VLAN' : `in VLAN ${port}`}, its bridge in VLAN ${own}`,
            why: `${bridge.facts.ifname} filters VLANs: frames of ${container.facts.name} do not reach its gateway.`,
            evidence: [
              {
                fact: `${ifname} PVID ${port ?? 'none'}, ${bridge.facts.ifname} PVID ${own}`,
                source: `bridge vlan ${where(netns)}`,
                link: outside.id,
              },
              {
                fact: `${bridge.facts.ifname} vlan_filtering 1`,
                source: `ip -d link ${where(netns)}`,
                link: bridge.id,
              },
            ],
            remedies: [
              automatic({
                title: `Put ${ifname} into VLAN ${own}`,
                changes: `Makes VLAN ${own} the PVID of ${ifname}, untagged.`,
                scope: 'container',
                commands: [
                  command(netns, 'bridge', 'vlan', 'add', 'dev', ifname, 'vid', String(own), 'pvid', 'untagged'),
                ],
                undo: [
                  command(netns, 'bridge', 'vlan', 'del', 'dev', ifname, 'vid', String(own)),
                  ...(port === undefined
                    ? []
                    : [
                        command(netns, 'bridge', 'vlan', 'add', 'dev', ifname, 'vid', String(port), 'pvid', 'untagged'),
                      ]),
                ],
                persistence: untilRestart,
              }),
            ],
            affects: affectsAttachment(attachment),
          };
        });
      }),
    ),
};
