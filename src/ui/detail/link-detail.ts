/** A link: where it lives, its other end, what it is a port of, what sits on it, its counters. */
import { isBridge, type LinkNode } from '../../graph/graph.ts';
import type { LinkCounters } from '../../model/link.ts';
import { describeOvsTunnels, describeOvsVlans } from '../../systems/describe-ovs.ts';
import { labelLink } from '../../systems/labels.ts';
import { healthMark, linkHealth } from '../format/health.ts';
import { joined, line, span } from '../format/line.ts';
import { addressesOf, relationText } from '../format/names.ts';
import { linkName, linksOf, masterOf, ownerName, peerOf } from '../graph-index.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo, rulesRow } from './detail.ts';

const ownerRow = (link: LinkNode, { index }: DetailContext): DetailRow => {
  const netns = index.graph.netns.get(link.netns);
  const container = netns?.facts.isHost === true ? undefined : netns?.containers[0];
  return rowTo(
    container === undefined ? { kind: 'netns', id: link.netns } : { kind: 'container', id: container },
    'in',
    span(ownerName(index.graph, link.netns), 'strong'),
    span(`  netns ${netns?.facts.inode ?? '?'}`, 'dim'),
  );
};

const peerRows = (link: LinkNode, { index, glyphs }: DetailContext): readonly DetailRow[] => {
  if (link.peer === undefined) return [];
  const peer = peerOf(index.graph, link);
  const netns = peer === undefined ? undefined : index.graph.netns.get(peer.netns);
  const owner = netns?.facts.isHost === true ? undefined : netns?.containers[0];
  return [
    rowTo(
      peer === undefined ? undefined : { kind: 'link', id: peer.id },
      'peer',
      `${glyphs.peer} `,
      relationText(link.peer, index),
      peer !== undefined && span(`  #${peer.facts.ifindex}  ${addressesOf(peer).join(' ')}  ${peer.state}`, 'dim'),
    ),
    ...(owner === undefined
      ? []
      : [
          rowTo(
            { kind: 'container', id: owner },
            'owner',
            span(ownerName(index.graph, peer!.netns), 'strong'),
            span('  the container at the other end', 'dim'),
          ),
        ]),
  ];
};

const masterRows = (link: LinkNode, { index }: DetailContext): readonly DetailRow[] => {
  const master = masterOf(index.graph, link);
  if (master === undefined) return [];
  const port = link.bridgePort;
  const flags =
    port === undefined
      ? ''
      : [
          port.state,
          link.ovsPort !== undefined && describeOvsVlans(link.ovsPort),
          port.hairpin && 'hairpin',
          port.isolated && 'isolated',
          !port.learning && 'no learning',
        ]
          .filter((word) => word !== false && word !== undefined)
          .join(' ');
  return [
    rowTo(
      { kind: 'link', id: master.id },
      isBridge(master) ? 'bridge' : 'master',
      master.facts.ifname,
      span(`  ${flags}`, port?.state === 'forwarding' ? 'dim' : 'warn'),
    ),
  ];
};

const counters = (name: string, facts: LinkCounters): string =>
  `${name} ${facts.packets} packets ${facts.bytes} bytes${facts.errors > 0 ? ` ${facts.errors} errors` : ''}${facts.dropped > 0 ? ` ${facts.dropped} dropped` : ''}`;

const otherRows = (link: LinkNode, context: DetailContext): readonly DetailRow[] => {
  const { index } = context;
  const network = index.networkOfLink.get(link.id);
  const label = labelLink(index.graph, link.id);
  const lower = link.lowerLink;
  return [
    ...(network === undefined
      ? []
      : [
          rowTo(
            { kind: 'network', id: network.id },
            'network',
            network.facts.name,
            span(`  ${network.facts.driver}`, 'dim'),
          ),
        ]),
    ...(lower === undefined
      ? []
      : [
          rowTo(
            lower.certainty === 'exact' ? { kind: 'link', id: lower.to } : undefined,
            'on',
            relationText(lower, index),
          ),
        ]),
    ...(link.ovsBridge === undefined ? [] : describeOvsTunnels(link.ovsBridge)).map((tunnel) => row('tunnel', tunnel)),
    ...(label === undefined
      ? []
      : [
          row(
            'made by',
            span(label.madeBy, 'accent'),
            `: ${label.purpose}`,
            label.certainty !== 'certain' && span(` (${label.certainty})`, 'doubt'),
          ),
        ]),
    ...linksOf(index.graph, link.upperLinks).map((upper) =>
      rowTo({ kind: 'link', id: upper.id }, 'carries', linkName(index.graph, upper), span(`  ${upper.kind}`, 'dim')),
    ),
    ...linksOf(index.graph, link.ports)
      .slice(0, 200)
      .map((port) =>
        rowTo(
          { kind: 'link', id: port.id },
          'port',
          port.facts.ifname,
          line(` ${context.glyphs.peer} `),
          port.peer === undefined ? span(port.kind, 'dim') : relationText(port.peer, index),
        ),
      ),
  ];
};

export const linkDetail = (link: LinkNode, context: DetailContext): Detail => {
  const { index, glyphs } = context;
  const { facts } = link;
  const title = [
    span(linkName(index.graph, link), 'strong'),
    `${link.kind} #${facts.ifindex}`,
    link.state,
    facts.address ?? '',
    `mtu ${facts.mtu}`,
  ].filter((word) => word !== '');
  const shown = addressesOf(link);
  return {
    title: line(healthMark(linkHealth(link, index), glyphs), ' ', joined(title, span(` ${glyphs.dot} `, 'dim'))),
    rows: [
      ...(index.faultsOfLink.get(link.id) ?? []).map((fault) => row(glyphs.warning, span(fault.text, 'warn'))),
      ...peerRows(link, context),
      ...masterRows(link, context),
      ownerRow(link, context),
      ...(shown.length === 0 ? [] : [row('address', shown.join('  '))]),
      ...otherRows(link, context),
      rulesRow({ kind: 'link', id: link.id }),
      row('flags', span(facts.flags.join(' '), 'dim')),
      ...(facts.stats64 === undefined
        ? []
        : [row('traffic', span(`${counters('rx', facts.stats64.rx)}, ${counters('tx', facts.stats64.tx)}`, 'dim'))]),
    ],
  };
};
