/** Work on links that are there: plug one into a bridge, remove one, set its MTU. */
import { automatic, type Draft, guided, untilReboot } from '../../diagnose/remedies.ts';
import type { Command } from '../../model/change.ts';
import { portMac } from './attach.ts';

export interface LinkAt {
  readonly ifname: string;
  /** Absent: the host's own netns. */
  readonly netns?: string;
  readonly mtu: number;
  readonly isUp: boolean;
  readonly master?: string;
  readonly mac?: string;
  /** It has addresses of its own, which a bridge port does not answer for. */
  readonly hasAddress?: boolean;
  /** A veth of which the other end is somewhere we cannot look. */
  readonly peerUnseen?: boolean;
}

export interface PlugTarget {
  readonly ifname: string;
  readonly mac?: string;
}

const at = ({ netns }: Pick<LinkAt, 'netns'>, ...argv: readonly string[]): Command => ({
  argv,
  ...(netns === undefined ? {} : { netns }),
});

/** A port with the lowest MAC would give it to the bridge, and everybody's gateway would have another one. */
const wouldRename = (link: LinkAt, { mac }: PlugTarget): boolean =>
  link.mac !== undefined && mac !== undefined && link.mac.toLowerCase() < mac.toLowerCase();

const plugRisk = (link: LinkAt): Pick<Draft, 'risk' | 'riskLevel' | 'cutsConnection'> => {
  if (link.hasAddress === true)
    return {
      risk: `${link.ifname} has addresses, which no longer answer once it is a bridge port.`,
      riskLevel: 'high',
      cutsConnection: true,
    };
  return link.master === undefined
    ? { risk: 'Nobody is interrupted.', riskLevel: 'low', cutsConnection: false }
    : {
        risk: `What ${link.ifname} carries on ${link.master} is cut off.`,
        riskLevel: 'high',
        cutsConnection: false,
      };
};

export const plug = (link: LinkAt, bridge: PlugTarget): Draft => {
  const set = (...words: readonly string[]) => at(link, 'ip', 'link', 'set', 'dev', link.ifname, ...words);
  const rename = wouldRename(link, bridge);
  return automatic({
    title: `Plug ${link.ifname} into bridge ${bridge.ifname}`,
    changes: `${link.ifname} becomes a port of ${bridge.ifname}${link.isUp ? '' : ' and is switched on'}${rename ? '; its MAC becomes a high one, so that the bridge keeps its own' : ''}.`,
    scope: 'link',
    commands: [
      ...(rename ? [set('address', portMac(link.ifname))] : []),
      set('master', bridge.ifname),
      ...(link.isUp ? [] : [set('up')]),
    ],
    undo: [
      ...(link.isUp ? [] : [set('down')]),
      link.master === undefined ? set('nomaster') : set('master', link.master),
      ...(rename ? [set('address', link.mac ?? '')] : []),
    ],
    persistence: untilReboot,
    ...plugRisk(link),
  });
};

/** A pair cannot be made again as it was: this is the one change without a way back. */
export const remove = (link: LinkAt): Draft =>
  guided({
    title: `Remove ${link.ifname}`,
    changes: `${link.ifname} and its other end are deleted, with their addresses and routes.`,
    scope: 'link',
    risk:
      link.peerUnseen === true
        ? 'Its other end is in a netns that cannot be seen: who lives there is cut off. It cannot be taken back.'
        : 'It cannot be taken back.',
    riskLevel: link.peerUnseen === true ? 'high' : 'medium',
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
