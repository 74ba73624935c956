/** Published ports, and whether everything that makes each work is there. */

import type { PortNode } from '../../graph/graph.ts';
import { type Health, healthMark, isFaulty } from '../format/health.ts';
import { line, type Span, span } from '../format/line.ts';
import { exactHostEndOf, socketText } from '../format/names.ts';
import { amongHosts } from '../graph-index.ts';
import { portKey, refKey } from '../ref.ts';
import type { Item } from './item.ts';
import type { View, ViewContext } from './view.ts';

/** A port works through a DNAT rule, through the userland proxy, or both; and somebody has to listen. */
export const portHealth = (port: PortNode): Health => {
  if (port.listener === null) return 'bad';
  const served = (port.dnatRules?.length ?? 0) > 0 || port.hostSocket?.role === 'proxy';
  if (!served && port.dnatRules !== undefined) return 'bad';
  if (port.hostSocket?.role === 'other') return 'warn';
  return port.listener === undefined || port.dnatRules === undefined ? 'doubt' : 'good';
};

export const listenerText = (port: PortNode): Span => {
  if (port.listener === undefined) return span('? not read', 'doubt');
  return port.listener === null ? span('nobody listens', 'bad') : span(socketText(port.listener));
};

const dnatText = (port: PortNode): Span => {
  if (port.dnatRules === undefined) return span('? not read', 'doubt');
  return port.dnatRules.length === 0
    ? span('none', 'dim')
    : span(`${port.dnatRules.length} rule${port.dnatRules.length > 1 ? 's' : ''}`);
};

const hostSocketText = (port: PortNode): Span => {
  if (port.hostSocket === undefined) return span('none', 'dim');
  const who = port.hostSocket.socket.processes[0]?.comm;
  switch (port.hostSocket.role) {
    case 'proxy':
      return span(who ?? 'proxy');
    case 'reservation':
      return span('reserved', 'dim');
    case 'other':
      return span(`${who ?? '?'} (not the engine)`, 'warn');
  }
};

const portItem = (port: PortNode, { graph, glyphs }: ViewContext): Item => {
  const ref = { kind: 'port', id: portKey(port) } as const;
  const health = portHealth(port);
  return {
    id: refKey(ref),
    ref,
    faulty: isFaulty(health),
    copy: `${port.published.hostIp}:${port.published.hostPort}`,
    cells: [
      line(healthMark(health, glyphs), ' ', exactHostEndOf(port)),
      port.published.proto,
      amongHosts(graph, port.host, graph.containers.get(port.container)?.facts.name ?? '?'),
      String(port.published.containerPort),
      dnatText(port),
      hostSocketText(port),
      listenerText(port),
    ],
  };
};

export const portsView: View = {
  id: 'ports',
  title: 'Ports',
  key: '5',
  aliases: ['ports', 'port', 'po'],
  about: 'Published ports: the DNAT rules that serve each, who holds it on the host, and who listens in the container.',
  empty: 'No published ports.',
  columns: [
    { id: 'port', title: 'HOST PORT', min: 14 },
    { id: 'proto', title: 'PROTO', leaves: 2 },
    { id: 'container', title: 'CONTAINER', min: 10 },
    { id: 'to', title: 'TO', align: 'right' },
    { id: 'dnat', title: 'DNAT', leaves: 1 },
    { id: 'host', title: 'HOST SOCKET', leaves: 3, min: 12 },
    { id: 'listener', title: 'LISTENER', min: 14 },
  ],
  build: (context) =>
    context.graph.ports
      .toSorted(
        (a, b) => a.published.hostPort - b.published.hostPort || a.published.hostIp.length - b.published.hostIp.length,
      )
      .map((port) => portItem(port, context)),
};
