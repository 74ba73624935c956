/** What a step of a trace rests on, line by line: the rule with its place and purpose, the route, the sysctl, the packet after it. */
import type { Packet } from '../../../model/packet.ts';
import type { Step } from '../../../trace/trace.ts';
import { type Line, line, span } from '../../format/line.ts';
import type { Glyphs } from '../../format/theme.ts';

const end = (address: string, port: number | undefined): string => {
  const host = address.includes(':') && port !== undefined ? `[${address}]` : address;
  return port === undefined ? host : `${host}:${port}`;
};

export const packetText = (packet: Packet, glyphs: Glyphs): string =>
  [
    `${end(packet.src, packet.sport)} ${glyphs.arrow} ${end(packet.dst, packet.dport)}`,
    String(packet.proto),
    packet.in === undefined ? '' : `in ${packet.in}`,
    packet.out === undefined ? '' : `out ${packet.out}`,
    packet.mark === 0 ? '' : `mark 0x${packet.mark.toString(16)}`,
  ]
    .filter((word) => word !== '')
    .join('  ');

const field = (name: string, value: string): Line => line(span(`${name} `.padStart(9), 'dim'), value);

export const evidenceLines = (step: Step, glyphs: Glyphs): readonly Line[] => {
  const { rule, route, sysctl, fact, source } = step.evidence;
  const place =
    rule &&
    `${rule.family} ${rule.table} ${rule.chain} ${rule.index === 0 ? 'policy' : `rule ${rule.index}`} (${rule.backend})`;
  return [
    ...(rule === undefined ? [] : [field('rule', rule.rule), field('in', place ?? '')]),
    ...(rule?.madeBy === undefined
      ? []
      : [field('made by', `${rule.madeBy}${rule.purpose === undefined ? '' : `: ${rule.purpose}`}`)]),
    ...(route === undefined ? [] : [field('route', route)]),
    ...(sysctl === undefined ? [] : [field('sysctl', `${sysctl.name} = ${sysctl.value}`)]),
    ...(fact === undefined ? [] : [field('fact', fact)]),
    ...(source === undefined ? [] : [field('source', source)]),
    ...(step.dependsOn === undefined ? [] : [line(span('depends '.padStart(9), 'dim'), span(step.dependsOn, 'doubt'))]),
    field('packet', packetText(step.packet, glyphs)),
  ];
};
