/** An engine network: the bridge that carries it, its subnets and options, its containers. And a published port. */
import type { NetworkNode, PortNode } from '../../graph/graph.ts';
import { containerHealth, healthMark, networkHealth } from '../format/health.ts';
import { joined, line, span } from '../format/line.ts';
import { exactHostEndOf, plainAddressesOf, relationText, socketText } from '../format/names.ts';
import { linksOf } from '../graph-index.ts';
import { listenerText, portHealth } from '../views/ports-view.ts';
import { type Detail, type DetailContext, row, rowTo, rulesRow } from './detail.ts';

export const networkDetail = (network: NetworkNode, { index, glyphs }: DetailContext): Detail => {
  const { facts } = network;
  const members = network.containers.flatMap((id) => index.graph.containers.get(id) ?? []);
  const options = Object.entries(facts.options).map(
    ([name, value]) => `${name.replace('com.docker.network.', '')}=${value}`,
  );
  return {
    title: line(
      healthMark(networkHealth(network, index), glyphs),
      ' ',
      joined(
        [span(facts.name, 'strong'), `${facts.engine} network`, facts.driver, facts.fullId.slice(0, 12)],
        span(` ${glyphs.dot} `, 'dim'),
      ),
    ),
    rows: [
      rowTo(
        network.link?.certainty === 'exact' ? { kind: 'link', id: network.link.to } : undefined,
        'bridge',
        network.link === undefined ? span('none', 'dim') : relationText(network.link, index),
      ),
      ...facts.subnets.map((subnet) =>
        row(
          'subnet',
          subnet.subnet,
          span(
            `  gateway ${subnet.gateway ?? 'none'}${subnet.ipRange === undefined ? '' : `  range ${subnet.ipRange}`}`,
            'dim',
          ),
        ),
      ),
      ...members.slice(0, 200).map((container) =>
        rowTo(
          { kind: 'container', id: container.id },
          'member',
          healthMark(containerHealth(container, index), glyphs),
          ` ${container.facts.name}  `,
          span(
            container.facts.endpoints
              .filter((endpoint) => endpoint.network === facts.name)
              .map((endpoint) => endpoint.ipv4 ?? endpoint.ipv6 ?? '')
              .join(' ') || linksOf(index.graph, container.links).flatMap(plainAddressesOf).join(' '),
            'dim',
          ),
        ),
      ),
      rulesRow({ kind: 'network', id: network.id }),
      rowTo({ kind: 'view', view: 'xray', root: { kind: 'network', id: network.id } }, 'x-ray', 'everything below it'),
      ...(facts.internal || facts.ingress
        ? [
            row(
              'kind',
              [facts.internal && 'internal', facts.ingress && 'ingress'].filter((word) => word !== false).join(' '),
            ),
          ]
        : []),
      ...(options.length === 0 ? [] : [row('options', span(options.join('  '), 'dim'))]),
    ],
  };
};

export const portDetail = (port: PortNode, { index, glyphs }: DetailContext): Detail => {
  const name = index.graph.containers.get(port.container)?.facts.name ?? '?';
  return {
    title: line(
      healthMark(portHealth(port), glyphs),
      ' ',
      span(
        `${exactHostEndOf(port)} ${glyphs.arrow} ${name}:${port.published.containerPort}/${port.published.proto}`,
        'strong',
      ),
    ),
    rows: [
      rowTo({ kind: 'container', id: port.container }, 'to', name),
      ...(port.dnatRules === undefined
        ? [row('dnat', span('? rules were not read', 'doubt'))]
        : port.dnatRules.length === 0
          ? [row('dnat', span('no rule', 'warn'))]
          : port.dnatRules.map((rule) => row('dnat', rule))),
      row(
        'host',
        port.hostSocket === undefined
          ? span('no socket holds the port', 'dim')
          : `${port.hostSocket.role}: ${socketText(port.hostSocket.socket)}`,
      ),
      row('listener', listenerText(port)),
      rulesRow({ kind: 'container', id: port.container }),
    ],
  };
};
