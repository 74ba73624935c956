/** Active diagnosis: connections that should work are tried one after the other, each with one announced packet. */
import type { Finding } from '../diagnose/finding.ts';
import type { ProbeChoice, ProbeQuestion } from '../diagnose/probe-questions.ts';
import type { Graph } from '../graph/graph.ts';
import type { ProvenTrace } from '../live/live-account.ts';
import type { Gap } from '../model/gap.ts';
import type { Prover } from './prover.ts';

export interface ProbeAnswer {
  /** Connections that failed although the model lets them pass, or cannot tell. */
  readonly findings: readonly Finding[];
  readonly gaps: readonly Gap[];
  readonly asked: number;
}

export interface ProbeOptions {
  /** What a person was shown, and has confirmed: only that is sent. Absent: chosen here. */
  readonly confirmed?: ProbeChoice;
  /** Asked before each packet: true ends it. */
  readonly isStopped?: () => boolean;
}

export interface Prober {
  /** `tell`: what will be sent, before it is sent. */
  probe(tell: (progress: string) => void, options?: ProbeOptions): Promise<ProbeAnswer | { readonly error: string }>;
}

export interface ProberOptions extends Prover {
  readonly readOnly: boolean;
  graph(): Graph | undefined;
}

/** What fails in the model too was found without a probe. */
const isNews = ({ trace, live }: ProvenTrace): boolean =>
  live.outcome !== 'delivered' &&
  live.outcome !== 'unknown' &&
  (trace.outcome === 'delivered' || trace.outcome === 'unknown');

const findingOf = ({ text, container, to }: ProbeQuestion, { live }: ProvenTrace): Finding => ({
  id: `probe-failed:${container.facts.name}:${to}`,
  check: 'probe-failed',
  severity: 'error',
  subject: container.facts.name,
  title: `${text} fails, and nothing that was read says why`,
  why: live.explanation,
  evidence: [
    { fact: live.why, source: 'one packet sent and watched', container: container.id },
    ...(live.decidedBy === undefined ? [] : [{ fact: live.decidedBy.text, source: 'the kernel' }]),
  ],
  remedies: [],
  hides: [],
  references: [],
});

export const createProber = ({ prove, readOnly, graph: current }: ProberOptions): Prober => ({
  probe: async (tell, { confirmed, isStopped = () => false } = {}) => {
    const graph = current();
    if (graph === undefined) return { error: 'nothing has been read yet' };
    if (readOnly) return { error: 'read-only: a probe sends packets and adds an nft table of our own' };
    const { probeQuestions } = await import('../diagnose/probe-questions.ts');
    const { questions, left } = confirmed ?? probeQuestions(graph);
    const findings: Finding[] = [];
    const gaps: Gap[] = [];
    tell(
      `one packet each, between namespaces of this host only: ${questions.map(({ text }) => text).join(', ') || 'nothing to try'}`,
    );
    let asked = 0;
    for (const question of questions) {
      if (isStopped()) break;
      asked += 1;
      tell(question.text);
      const answer = await prove({ from: question.from, to: question.to }, () => {});
      if ('error' in answer) gaps.push({ source: `probe ${question.text}`, reason: 'invalid', detail: answer.error });
      else if ('gap' in answer) gaps.push({ ...answer.gap, source: `probe ${question.text}` });
      else {
        gaps.push(...answer.live.gaps);
        if (isNews(answer)) findings.push(findingOf(question, answer));
      }
    }
    const untried = left + questions.length - asked;
    if (untried > 0)
      gaps.push({
        source: 'doctor --probe',
        reason: 'truncated',
        detail: `${untried} more kinds of connections were not tried`,
      });
    return { findings, gaps, asked };
  },
});
