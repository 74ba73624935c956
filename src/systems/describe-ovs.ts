/** Ports and tunnels of Open vSwitch in a few words. */
import type { OvsBridge, OvsPort } from '../model/open-vswitch.ts';

/** `VLAN 100`, `trunk 100 200`, `native VLAN 1`; undefined: every VLAN, untagged frames included. */
export const describeOvsVlans = ({ tag, trunks, vlanMode }: OvsPort): string | undefined => {
  if (vlanMode === 'access') return `VLAN ${tag ?? 0}`;
  const words = [
    ...(tag === undefined ? [] : [`${vlanMode === 'dot1q-tunnel' ? 'tunnels in' : 'native'} VLAN ${tag}`]),
    ...(trunks.length === 0 ? [] : [`trunk ${trunks.join(' ')}`]),
  ];
  return words.length === 0 ? undefined : words.join(', ');
};

/** Ports that are no links of the host: `vx0 vxlan to 10.0.0.2 key 42`. */
export const describeOvsTunnels = ({ ports, name }: OvsBridge): readonly string[] =>
  ports
    .filter((port) => port.name !== name)
    .flatMap((port) =>
      port.interfaces
        .filter(({ type }) => type !== 'system' && type !== 'internal')
        .map(({ name: ifname, type, options, error }) =>
          [
            ifname,
            type,
            ...(options['remote_ip'] === undefined ? [] : [`to ${options['remote_ip']}`]),
            ...(options['peer'] === undefined ? [] : [`to ${options['peer']}`]),
            ...(options['key'] === undefined ? [] : [`key ${options['key']}`]),
            describeOvsVlans(port),
            error,
          ]
            .filter((word) => word !== undefined)
            .join(' '),
        ),
    );
