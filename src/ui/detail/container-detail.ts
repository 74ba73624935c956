/** A container: its netns, each link to its far end, networks, routes, published ports, and what is wrong. */
import type { ContainerNode, LinkNode } from '../../graph/graph.ts';
import { containerHealth, healthMark } from '../format/health.ts';
import { joined, type Line, line, span } from '../format/line.ts';
import { addressesOf, exactHostEndOf, relationText, socketText } from '../format/names.ts';
import { faultsTouching, linksOf, masterOf, peerOf } from '../graph-index.ts';
import { portKey } from '../ref.ts';
import { routeText } from '../views/routes-view.ts';
import { type Detail, type DetailContext, type DetailRow, row, rowTo, rulesRow } from './detail.ts';

const wiringOf = (link: LinkNode, { index, glyphs }: DetailContext): Line => {
  const peer = peerOf(index.graph, link);
  const bridge = masterOf(index.graph, peer);
  return line(
    span(addressesOf(link).join(' '), 'strong'),
    link.peer !== undefined && ` ${glyphs.peer} `,
    relationText(link.peer, index),
    peer !== undefined && span(` #${peer.facts.ifindex}`, 'dim'),
    bridge !== undefined && ` ${glyphs.arrow} ${bridge.facts.ifname}`,
    link.lowerLink !== undefined && line(span(` ${link.kind} on `, 'dim'), relationText(link.lowerLink, index)),
    span(`  ${link.facts.address ?? ''}`, 'dim'),
  );
};

const netnsRow = (container: ContainerNode, { index }: DetailContext): DetailRow => {
  const { facts } = container;
  if (container.netns === undefined)
    return row(
      'netns',
      facts.state === 'running' ? span('? could not be found', 'doubt') : span('none: not running', 'dim'),
    );
  const netns = index.graph.netns.get(container.netns);
  const sharing = (netns?.containers ?? [])
    .filter((id) => id !== container.id)
    .flatMap((id) => index.graph.containers.get(id)?.facts.name ?? []);
  return rowTo(
    { kind: 'netns', id: container.netns },
    'netns',
    netns?.facts.isHost === true ? span("the host's own", 'warn') : String(netns?.facts.inode ?? '?'),
    span(`  pid ${facts.pid}  network mode ${facts.networkMode.replace(/^(container:\w{12})\w+$/, '$1')}`, 'dim'),
    sharing.length > 0 &&
      `  shared with ${sharing.slice(0, 3).join(', ')}${sharing.length > 3 ? ` +${sharing.length - 3}` : ''}`,
  );
};

const routeRows = (container: ContainerNode, { index }: DetailContext): readonly DetailRow[] => {
  const netns = container.netns === undefined ? undefined : index.graph.netns.get(container.netns);
  if (netns === undefined || netns.facts.isHost) return [];
  const routes = [...(netns.facts.routes ?? []), ...(netns.facts.routes6 ?? [])].filter(
    (route) => route.dst === 'default',
  );
  const text =
    netns.facts.routes === undefined
      ? span('? not read', 'doubt')
      : routes.length === 0
        ? span('no default route', 'warn')
        : routes.map(routeText).join(', ');
  return [rowTo({ kind: 'view', view: 'routes', root: { kind: 'netns', id: netns.id } }, 'routes', text)];
};

const portRows = (container: ContainerNode, { index, glyphs }: DetailContext): readonly DetailRow[] =>
  (index.portsOfContainer.get(container.id) ?? []).map((port) =>
    rowTo(
      { kind: 'port', id: portKey(port) },
      'port',
      `${exactHostEndOf(port)}${glyphs.arrow}${port.published.containerPort}/${port.published.proto}`,
      port.listener === null
        ? span('  nobody listens', 'bad')
        : port.listener !== undefined && span(`  ${socketText(port.listener)}`, 'dim'),
    ),
  );

export const containerDetail = (container: ContainerNode, context: DetailContext): Detail => {
  const { index, glyphs } = context;
  const { facts } = container;
  const links = facts.mode === 'host' ? [] : linksOf(index.graph, container.links);
  const networks = container.networks.flatMap((id) => index.graph.networks.get(id) ?? []);
  const title = [span(facts.name, 'strong'), facts.state, `${facts.engine} ${facts.fullId.slice(0, 12)}`, facts.image];
  return {
    title: line(
      healthMark(containerHealth(container, index), glyphs),
      ' ',
      joined(title, span(` ${glyphs.dot} `, 'dim')),
    ),
    rows: [
      ...faultsTouching(index, container).map((fault) =>
        row(fault.kind === 'link-down' ? glyphs.down : glyphs.warning, span(fault.text, 'warn')),
      ),
      ...links.map((link) =>
        rowTo(
          peerOf(index.graph, link) === undefined
            ? { kind: 'link', id: link.id }
            : { kind: 'link', id: peerOf(index.graph, link)!.id },
          link.facts.ifname,
          wiringOf(link, context),
        ),
      ),
      netnsRow(container, context),
      ...networks.map((network) =>
        rowTo(
          { kind: 'network', id: network.id },
          'network',
          network.facts.name,
          span(`  ${network.facts.driver}  ${network.facts.subnets.map((subnet) => subnet.subnet).join(' ')}`, 'dim'),
        ),
      ),
      ...portRows(container, context),
      ...routeRows(container, context),
      ...(container.netns === undefined ? [] : [rulesRow({ kind: 'container', id: container.id })]),
      ...(facts.compose === undefined ? [] : [row('compose', `${facts.compose.project}/${facts.compose.service}`)]),
      ...(facts.dns === undefined || facts.dns.length === 0 ? [] : [row('dns', facts.dns.join(' '))]),
    ],
  };
};
