/** Work on links that are there: plug one into a bridge, remove one, set its MTU. */
import { automatic, type Draft, guided, untilReboot } from '../../diagnose/remedies.ts';
import type { Command } from '../../model/change.ts';

export interface LinkAt {
  readonly ifname: string;
  /** Absent: the host's own netns. */
  readonly netns?: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly master?: string;
}

const at = ({ netns }: Pick<LinkAt, 'netns'>, ...argv: readonly string[]): Command => ({
  argv,
  ...(netns === undefined ? {} : { netns }),
});

export const plug = (link: LinkAt, bridge: string): Draft =>
  automatic({
    title: `Plug ${link.ifname} into bridge ${bridge}`,
    changes: `${link.ifname} becomes a port of ${bridge}${link.isUp ? '' : ' and is switched on'}.`,
    scope: 'link',
    commands: [
      at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'master', bridge),
      ...(link.isUp ? [] : [at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'up')]),
    ],
    undo: [
      ...(link.isUp ? [] : [at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'down')]),
      link.master === undefined
        ? at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'nomaster')
        : at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'master', link.master),
    ],
    persistence: untilReboot,
    risk:
      link.master === undefined
        ? 'Nobody is interrupted.'
        : `What ${link.ifname} carries on ${link.master} is cut off.`,
    riskLevel: link.master === undefined ? 'low' : 'high',
  });

/** A pair cannot be made again as it was: this is the one change without a way back. */
export const remove = (link: LinkAt): Draft =>
  guided({
    title: `Remove ${link.ifname}`,
    changes: `${link.ifname} and its other end are deleted, with their addresses and routes.`,
    scope: 'link',
    risk: 'It cannot be taken back.',
    riskLevel: 'medium',
    commands: [at(link, 'ip', 'link', 'del', 'dev', link.ifname)],
    persistence: 'For good.',
  });

/** All links of a way have to agree: a veth is given with its other end. */
export const setMtu = (links: readonly LinkAt[], mtu: number): Draft =>
  automatic({
    title: `Set the MTU of ${links.map(({ ifname }) => ifname).join(' and ')} to ${mtu}`,
    changes: `Packets longer than ${mtu} bytes no longer leave ${links[0]?.ifname} in one piece.`,
    scope: 'link',
    risk: 'Nobody is interrupted; connections that began with larger packets may stall once.',
    commands: links.map((link) => at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'mtu', String(mtu))),
    undo: links.map((link) => at(link, 'ip', 'link', 'set', 'dev', link.ifname, 'mtu', String(link.mtu))).reverse(),
    persistence: `${untilReboot} For a network of the engine: create it with -o com.docker.network.driver.mtu=${mtu}.`,
    cutsConnection: links.some(({ netns }) => netns === undefined),
  });
