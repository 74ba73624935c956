/** A link throws packets away while we look. */
import type { LinkNode } from '../../graph/graph.ts';
import type { LinkCounters } from '../../model/link.ts';
import type { Check } from '../check.ts';
import { type HostView, where } from '../host-view.ts';

interface Loss {
  readonly link: LinkNode;
  readonly words: readonly string[];
}

const rise = (now: LinkCounters | undefined, before: LinkCounters | undefined, name: string): number =>
  Math.max(0, (now?.[name] ?? 0) - (before?.[name] ?? now?.[name] ?? 0));

function lossesOf({ home, earlier, link: find }: HostView): readonly Loss[] {
  const before = new Map((earlier?.home.facts.links ?? []).map((facts) => [facts.ifindex, facts.stats64]));
  return (home?.links ?? []).flatMap((id) => {
    const link = find(id);
    const old = before.get(link?.facts.ifindex ?? -1);
    if (link === undefined || old === undefined || link.state !== 'up' || link.kind === 'loopback') return [];
    const { rx, tx } = link.facts.stats64 ?? {};
    const words = [
      ['receive errors', rise(rx, old.rx, 'errors')] as const,
      ['send errors', rise(tx, old.tx, 'errors')] as const,
      ['packets dropped when sending', rise(tx, old.tx, 'dropped')] as const,
    ]
      .filter(([, count]) => count > 0)
      .map(([what, count]) => `${count} ${what}`);
    return words.length === 0 ? [] : [{ link, words }];
  });
}

export const packetsLostOnLink: Check = {
  id: 'packets-lost-on-link',
  severity: 'warning',
  comparesPictures: true,
  about:
    'Every link counts what it could not send or receive. Sending drops mean a full queue or a link that is not ready; errors mean a bad cable, ' +
    'card or driver. Connections over it are slow or break, and no rule or route says why.',
  not: [
    'drops when receiving, which also count packets of protocols nobody here speaks',
    'counts of long ago, which do not rise',
    'links that are down',
  ],
  references: ['linux Documentation/networking/statistics', 'man 8 ip-link (-s)'],
  needs: ['links'],
  find: (view) =>
    lossesOf(view).map(({ link, words }) => ({
      subject: link.facts.ifname,
      title: `${link.facts.ifname} loses packets: ${words.join(', ')} in ${view.earlier?.seconds} s`,
      why: 'What is sent over it arrives late or not at all.',
      evidence: words.map((fact) => ({ fact, source: `ip -s link ${where(view.home)}, read twice`, link: link.id })),
      remedies: [],
      affects: [link.id],
    })),
};
