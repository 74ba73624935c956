/** A netns: who lives in it, what holds it, its links, routes, listeners and decisive sysctls. */
import type { NetnsNode } from '../../graph/graph.ts';
import { labelNetns } from '../../systems/labels.ts';
import { healthMark, linkHealth } from '../format/health.ts';
import { joined, line, span } from '../format/line.ts';
import { addressesOf, holderText, relationText, socketText } from '../format/names.ts';
import { linksOf } from '../graph-index.ts';
import type { Ref } from '../ref.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo } from './detail.ts';

const linkRows = (netns: NetnsNode, { index, glyphs }: DetailContext): readonly DetailRow[] =>
  linksOf(index.graph, netns.links)
    .filter((link) => link.facts.ifname !== 'lo')
    .slice(0, 200)
    .map((link) =>
      rowTo(
        { kind: 'link', id: link.id },
        'link',
        healthMark(linkHealth(link, index), glyphs),
        ` ${link.facts.ifname} `,
        span(addressesOf(link).join(' '), 'strong'),
        link.peer !== undefined && ` ${glyphs.peer} `,
        relationText(link.peer, index),
        link.peer === undefined && span(` ${link.kind}`, 'dim'),
      ),
    );

const factRows = (netns: NetnsNode): readonly DetailRow[] => {
  const { facts } = netns;
  const root: Ref = { kind: 'netns', id: netns.id };
  const forward = facts.sysctls?.['ipv4.ip_forward'];
  const listeners = facts.sockets?.filter((socket) => socket.proto !== 'raw') ?? [];
  return [
    ...(facts.routes === undefined
      ? []
      : [
          rowTo(
            { kind: 'view', view: 'routes', root },
            'routes',
            `${facts.routes.length + (facts.routes6?.length ?? 0)} routes, ${facts.policyRules?.length ?? 0} policy rules`,
          ),
        ]),
    ...(facts.ruleset === undefined
      ? []
      : [rowTo({ kind: 'view', view: 'rules', root }, 'rules', 'the packet filter of this netns')]),
    ...(listeners.length === 0
      ? []
      : [
          row(
            'listen',
            listeners.slice(0, 6).map(socketText).join(', '),
            listeners.length > 6 && span(` +${listeners.length - 6}`, 'dim'),
          ),
        ]),
    ...(forward === undefined ? [] : [row('sysctl', `ip_forward ${forward}`)]),
    ...(facts.conntrack?.count === undefined
      ? []
      : [
          row(
            'ctrack',
            `${facts.conntrack.count} connections`,
            facts.conntrack.max !== undefined && span(` of at most ${facts.conntrack.max}`, 'dim'),
          ),
        ]),
  ];
};

export const netnsDetail = (netns: NetnsNode, context: DetailContext): Detail => {
  const { index, glyphs } = context;
  const { facts } = netns;
  const label = labelNetns(index.graph, netns.id);
  const title = [
    span(netns.name, 'strong'),
    `netns ${facts.inode === 0 ? '?' : facts.inode}`,
    ...(facts.isHost ? ["the host's own"] : []),
  ];
  const holders = facts.holders.slice(0, 4).map(holderText).join(', ');
  return {
    title: line(
      netns.hidden ? span(glyphs.unknown, 'doubt') : span(glyphs.up, 'good'),
      ' ',
      joined(title, span(` ${glyphs.dot} `, 'dim')),
    ),
    rows: [
      ...(index.faultsOfNetns.get(netns.id) ?? []).map((fault) => row(glyphs.warning, span(fault.text, 'warn'))),
      ...netns.containers
        .slice(0, 50)
        .map((id) => rowTo({ kind: 'container', id }, 'holds', index.graph.containers.get(id)?.facts.name ?? '?')),
      row(
        'held by',
        facts.holders.length === 0 ? span('nobody visible', 'doubt') : holders,
        facts.holders.length > 4 && span(` +${facts.holders.length - 4}`, 'dim'),
      ),
      ...(label === undefined ? [] : [row('made by', span(label.madeBy, 'accent'), `: ${label.purpose}`)]),
      ...linkRows(netns, context),
      ...factRows(netns),
      ...(facts.names.length === 0 ? [] : [row('names', facts.names.join(' '))]),
    ],
  };
};
