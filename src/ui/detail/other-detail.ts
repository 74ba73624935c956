/** Details of what is not a thing of the network: a fault, a gap, a step of a trace, a line of the command log, the host. */
import { firewallText } from '../format/firewall.ts';
import { joined, line, span } from '../format/line.ts';
import { linkName, ownerName, peerOf } from '../graph-index.ts';
import { problemsOf } from '../problems.ts';
import type { Ref } from '../ref.ts';
import { faultId, gapId } from '../views/findings-view.ts';
import { evidenceLines } from '../views/trace/evidence.ts';
import { type Detail, type DetailContext, row, rowTo } from './detail.ts';

export const faultDetail = (id: string, { index, glyphs }: DetailContext): Detail | undefined => {
  const fault = index.graph.faults.find((candidate) => faultId(candidate) === id);
  if (fault === undefined) return undefined;
  const link = fault.link === undefined ? undefined : index.graph.links.get(fault.link);
  const netns = fault.netns ?? link?.netns;
  const peer = peerOf(index.graph, link);
  return {
    title: line(span(`${glyphs.warning} ${fault.kind}`, 'warn')),
    rows: [
      row('what', fault.text),
      ...(link === undefined ? [] : [rowTo({ kind: 'link', id: link.id }, 'link', linkName(index.graph, link))]),
      ...(peer === undefined
        ? []
        : [rowTo({ kind: 'link', id: peer.id }, 'peer', `${glyphs.peer} ${linkName(index.graph, peer)}`)]),
      ...(fault.container === undefined
        ? []
        : [
            rowTo(
              { kind: 'container', id: fault.container },
              'hits',
              index.graph.containers.get(fault.container)?.facts.name ?? '?',
            ),
          ]),
      ...(netns === undefined ? [] : [rowTo({ kind: 'netns', id: netns }, 'netns', ownerName(index.graph, netns))]),
    ],
  };
};

export const gapDetail = (id: string, { index, glyphs, state }: DetailContext): Detail | undefined => {
  const gap = problemsOf(state).gaps.find((candidate) => gapId(candidate) === id);
  if (gap === undefined) return undefined;
  return {
    title: line(span(`${glyphs.unknown} ${gap.source}: ${gap.reason}`, 'doubt')),
    rows: [
      row('detail', gap.detail),
      row('to see', gap.howToSee ?? 'there is no way from here'),
      ...(gap.netns === undefined
        ? []
        : [rowTo({ kind: 'netns', id: gap.netns }, 'netns', ownerName(index.graph, gap.netns))]),
    ],
  };
};

export const stepDetail = (id: string, { glyphs, state }: DetailContext): Detail | undefined => {
  const answer = state.trace.answer;
  if (answer === undefined || 'error' in answer) return undefined;
  const [way, place = ''] = id.split(' ');
  const [hop, step] = place.split('.').map(Number);
  const direction = way === 'reply' ? answer.reply : answer.request;
  const found = direction?.hops[hop ?? -1]?.steps[step ?? -1];
  if (found === undefined) return undefined;
  const at = direction?.hops[hop ?? -1]?.netns;
  return {
    title: line(span(found.text, 'strong')),
    rows: [
      ...evidenceLines(found, glyphs).map((words) => ({ line: words })),
      ...(found.link === undefined ? [] : [rowTo({ kind: 'link', id: found.link }, 'link', 'where it happens')]),
      ...(at === undefined ? [] : [rowTo({ kind: 'netns', id: at }, 'netns', 'where it happens')]),
    ],
  };
};

export const askedDetail = (id: string, { state }: DetailContext): Detail | undefined => {
  const entry = state.log[Number(id)];
  if (entry === undefined) return undefined;
  return {
    title: line(span(entry.what, 'strong')),
    rows: [
      row('at', entry.at),
      row('took', `${entry.durationMs.toFixed(1)} ms`),
      row('ended', entry.outcome),
      ...(entry.detail === undefined ? [] : [row('detail', entry.detail)]),
    ],
  };
};

export const hostDetail = (
  ref: Extract<Ref, { kind: 'host' }>,
  { index, glyphs }: DetailContext,
): Detail | undefined => {
  const host = index.graph.hosts.get(ref.id);
  if (host === undefined) return undefined;
  const snapshot = index.graph.snapshots.find((candidate) => candidate.host.id === ref.id);
  return {
    title: line(span(host.facts.hostname, 'strong')),
    rows: [
      ...(host.netns === undefined ? [] : [rowTo({ kind: 'netns', id: host.netns }, 'netns', "the host's own")]),
      row('firewall', firewallText(index.graph, ref.id)),
      ...(snapshot === undefined ? [] : [row('taken', `${snapshot.takenAt}  in ${Math.round(snapshot.tookMs)} ms`)]),
      ...host.engines.flatMap((engine) => [
        row(
          'engine',
          joined(
            [`${engine.kind} ${engine.version}`, `API ${engine.apiVersion}`, engine.socket],
            span(` ${glyphs.dot} `, 'dim'),
          ),
        ),
        ...engine.warnings.slice(0, 5).map((warning) => row('', span(warning, 'warn'))),
      ]),
      row('tools', span(Object.keys(host.facts.tools).join(' '), 'dim')),
    ],
  };
};
