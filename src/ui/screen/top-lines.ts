/** The header (what host this is and how it is) and the tabs. */

import type { Severity } from '../../diagnose/finding.ts';
import { firewallWord } from '../format/firewall.ts';
import { fitTo, joined, type Line, line, type Span, span, widthOf } from '../format/line.ts';
import { severityGlyph, severityTone } from '../format/severity.ts';
import { isSevere, problemsOf } from '../problems.ts';
import { tabsOf } from '../state/tabs.ts';
import type { UiState } from '../state/ui-state.ts';

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const factsOf = (state: UiState): readonly string[] => {
  const graph = state.session.graph;
  if (graph === undefined) return [];
  const hosts = [...graph.hosts];
  const [first] = hosts;
  if (first === undefined) return [];
  const engines = [
    ...new Set(
      hosts.flatMap(([, host]) =>
        host.engines.map((engine) => `${engine.kind} ${engine.version.replace(/[+~-].*/, '')}`),
      ),
    ),
  ];
  return [
    hosts.length > 1 ? plural(hosts.length, 'host') : first[1].facts.hostname,
    engines.length === 0 ? 'no engine' : engines.join('+'),
    firewallWord(graph, first[0]),
    plural(graph.containers.size, 'container'),
    plural(graph.networks.size, 'network'),
  ];
};

const standing = (state: UiState): readonly Span[] => {
  const { session, theme } = state;
  const { findings, faults, doubts, gaps, diagnosed } = problemsOf(state);
  const unseen = doubts.length + gaps.length;
  const count = (severity: Severity, more = 0): readonly Span[] => {
    const found = findings.filter((one) => one.severity === severity).length + more;
    return found === 0 ? [] : [span(`${found}${severityGlyph(severity, theme.glyphs)}`, severityTone[severity])];
  };
  const cut = faults.filter(isSevere).length;
  const marked = [...count('error', cut), ...count('warning', faults.length - cut), ...count('security')];
  const marks = [
    ...marked,
    ...(unseen > 0 ? [span(`${unseen}${theme.glyphs.unknown}`, 'doubt')] : []),
    ...(diagnosed === 'now' && marked.length + unseen === 0 ? [span(theme.glyphs.check, 'good')] : []),
  ];
  if (session.phase === 'collecting') return [...marks, span('reading …', 'warn')];
  if (session.phase === 'failed') return [...marks, span('failed', 'bad')];
  if (!state.live) return [...marks, span('recording', 'accent')];
  return [...marks, session.following ? span('live', 'good') : span('still', 'warn')];
};

export const headerLine = (state: UiState): Line => {
  const right = joined(standing(state), ' ');
  const dot = span(` ${state.theme.glyphs.dot} `, 'dim');
  const room = state.columns - widthOf(right) - 3;
  const name = line(span('vethscope', 'title'), '  ');
  // Whole facts or none: half a word tells nothing.
  let facts = factsOf(state);
  while (facts.length > 1 && widthOf(joined(facts, dot)) + widthOf(name) > room) facts = facts.slice(0, -1);
  return line(' ', fitTo(line(name, joined(facts, dot)), room, state.theme), ' ', right, ' ');
};

export const tabsLine = (state: UiState): Line =>
  line(
    ' ',
    tabsOf(state).flatMap((tab) =>
      tab.view === state.place.view
        ? [span(tab.text, 'tab'), span(' ')]
        : [span(tab.text.slice(0, 1), 'key'), span(`${tab.text.slice(1)} `, 'dim')],
    ),
  );
