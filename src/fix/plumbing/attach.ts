/** Gives a netns one more link: a veth to a bridge, or a macvlan on a link of the host. */
import { automatic, type Draft, untilRestart } from '../../diagnose/remedies.ts';
import type { Command } from '../../model/change.ts';

export interface Attachment {
  /** What the user calls it: a container's name. */
  readonly name: string;
  readonly netns: string;
  /** The file that leads into it. */
  readonly netnsPath: string;
  /** Name of the new link inside; not taken there. */
  readonly ifname: string;
  /** Name of the end (or, until it moves, of the link) on the host; not taken there. */
  readonly hostIfname: string;
  /** With prefix length. */
  readonly address?: string;
  /** Becomes the default route. */
  readonly gateway?: string;
  readonly mac?: string;
  /** Of both ends; the kernel's default where absent. */
  readonly mtu?: number;
}

export interface BridgeTarget {
  readonly kind: 'bridge';
  readonly ifname: string;
  /** vlan_filtering is on: a VLAN id means something there. */
  readonly filtersVlans: boolean;
  readonly vlan?: number;
}

export interface ParentTarget {
  readonly kind: 'parent';
  readonly ifname: string;
  readonly vlan?: number;
  /** The VLAN's link on the parent is there already. */
  readonly vlanLinkExists: boolean;
}

const host = (...argv: readonly string[]): Command => ({ argv });

const inside = ({ netns, ifname, address, gateway }: Attachment): readonly Command[] => {
  const run = (...argv: readonly string[]): Command => ({ argv, netns });
  const family = gateway?.includes(':') === true ? ['-6'] : [];
  return [
    ...(address === undefined ? [] : [run('ip', 'addr', 'add', address, 'dev', ifname)]),
    run('ip', 'link', 'set', 'dev', ifname, 'up'),
    ...(gateway === undefined
      ? []
      : [run('ip', ...family, 'route', 'replace', 'default', 'via', gateway, 'dev', ifname)]),
  ];
};

/** FNV-1a: the same link gets the same address whenever it is planned. */
const hash = (text: string): string => {
  let sum = 0x811c9dc5;
  for (const letter of text) sum = Math.imul(sum ^ (letter.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return sum.toString(16).padStart(8, '0');
};

/**
 * A bridge takes the lowest MAC of its ports for its own unless it was given one (br_stp_recalculate_bridge_id): a port with a lower one would change
 * the MAC of everybody's gateway. This one is higher than any other.
 */
export const portMac = (of: string): string => `fe:42:${hash(of).match(/../g)?.join(':')}`;

const toBridge = (to: Attachment, { ifname, vlan }: BridgeTarget): readonly Command[] => {
  const mtu = to.mtu === undefined ? [] : ['mtu', String(to.mtu)];
  const mac = to.mac === undefined ? [] : ['address', to.mac];
  const port = ['name', to.hostIfname, 'address', portMac(`${to.netns} ${to.ifname}`), ...mtu];
  const peer = ['name', to.ifname, ...mac, ...mtu, 'netns', to.netnsPath];
  return [
    host('ip', 'link', 'add', ...port, 'type', 'veth', 'peer', ...peer),
    host('ip', 'link', 'set', 'dev', to.hostIfname, 'master', ifname),
    ...(vlan === undefined
      ? []
      : [
          host('bridge', 'vlan', 'del', 'dev', to.hostIfname, 'vid', '1'),
          host('bridge', 'vlan', 'add', 'dev', to.hostIfname, 'vid', String(vlan), 'pvid', 'untagged'),
        ]),
    host('ip', 'link', 'set', 'dev', to.hostIfname, 'up'),
  ];
};

const toParent = (to: Attachment, { ifname, vlan, vlanLinkExists }: ParentTarget): readonly Command[] => {
  const parent = vlan === undefined ? ifname : `${ifname}.${vlan}`;
  const makeVlan = vlan !== undefined && !vlanLinkExists;
  const mac = to.mac === undefined ? [] : ['address', to.mac];
  const mtu = to.mtu === undefined ? [] : ['mtu', String(to.mtu)];
  const name = ['name', to.hostIfname, ...mac, ...mtu];
  return [
    ...(makeVlan
      ? [
          host('ip', 'link', 'add', 'link', ifname, 'name', parent, 'type', 'vlan', 'id', String(vlan)),
          host('ip', 'link', 'set', 'dev', parent, 'up'),
        ]
      : []),
    host('ip', 'link', 'add', 'link', parent, ...name, 'type', 'macvlan', 'mode', 'bridge'),
    host('ip', 'link', 'set', 'dev', to.hostIfname, 'netns', to.netnsPath, 'name', to.ifname),
  ];
};

/** Undo: a veth goes with either end; a macvlan goes inside; the VLAN's link only if it was made for this. */
export const attach = (to: Attachment, target: BridgeTarget | ParentTarget): Draft => {
  const first = target.kind === 'bridge' ? toBridge(to, target) : toParent(to, target);
  const madeVlan = target.kind === 'parent' && target.vlan !== undefined && !target.vlanLinkExists;
  return automatic({
    title: `Give ${to.name} a link ${to.ifname} on ${target.ifname}`,
    changes: `${to.name} gets ${to.ifname}${to.address === undefined ? '' : ` with ${to.address}`}, a ${target.kind === 'bridge' ? 'veth to bridge' : 'macvlan on'} ${target.ifname}${target.vlan === undefined ? '' : ` in VLAN ${target.vlan}`}.`,
    scope: 'container',
    risk:
      to.gateway === undefined ? 'Nobody is interrupted.' : `Connections of ${to.name} leave another way from now on.`,
    riskLevel: to.gateway === undefined ? 'low' : 'medium',
    commands: [...first, ...inside(to)],
    undo: [
      { argv: ['ip', 'link', 'del', 'dev', to.ifname], netns: to.netns },
      ...(madeVlan ? [host('ip', 'link', 'del', 'dev', `${target.ifname}.${target.vlan}`)] : []),
    ],
    persistence: `${untilRestart.split(';')[0]}: the engine knows nothing of this link; to keep it, run the commands after every start of ${to.name}.`,
  });
};
