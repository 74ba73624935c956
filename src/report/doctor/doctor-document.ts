/** Findings as a document: root causes first, each with its evidence and what would mend it. */
import type { Diagnosis, Finding, Remedy } from '../../diagnose/finding.ts';
import type { Graph } from '../../graph/graph.ts';
import { type NetnsFinder, runnableArgv } from '../../model/runnable-argv.ts';
import type { Trace } from '../../trace/trace.ts';
import { makeHead } from '../document.ts';
import type { FindingEntry, RemedyEntry } from '../schemas/doctor-schema.ts';

export const remedyEntry = (graph: NetnsFinder, remedy: Remedy): RemedyEntry => ({
  n: remedy.n,
  title: remedy.title,
  changes: remedy.changes,
  scope: remedy.scope,
  risk: remedy.risk,
  riskLevel: remedy.riskLevel,
  cutsConnection: remedy.cutsConnection,
  persistence: remedy.persistence,
  commands: remedy.commands.map((command) => runnableArgv(command, graph)),
  undo: remedy.undo.map((command) => runnableArgv(command, graph)),
  automatic: remedy.automatic,
  steps: [...remedy.steps],
});

export const findingEntry = (graph: Graph, finding: Finding): FindingEntry => ({
  id: finding.id,
  check: finding.check,
  severity: finding.severity,
  subject: finding.subject,
  title: finding.title,
  why: finding.why,
  evidence: finding.evidence.map(({ fact, source }) => ({ fact, source })),
  remedies: finding.remedies.map((remedy) => remedyEntry(graph, remedy)),
  ...(finding.hides.length === 0 ? {} : { hides: [...finding.hides] }),
  references: [...finding.references],
});

export const doctorDocument = (graph: Graph, diagnosis: Diagnosis, trace?: Trace) => ({
  ...makeHead('doctor', graph, [...graph.gaps, ...diagnosis.gaps]),
  ...(trace === undefined
    ? {}
    : {
        connection: { from: trace.from, to: trace.to, outcome: trace.outcome, explanation: trace.explanation },
      }),
  findings: diagnosis.findings.map((finding) => findingEntry(graph, finding)),
  folded: diagnosis.folded.map((finding) => findingEntry(graph, finding)),
});
