/** Live proofs: the model's answer first, then one real packet, announced before anything is armed or sent. */
import type { Graph } from '../graph/graph.ts';
import type { Host } from '../host/host.ts';
import type { ProvenTrace } from '../live/live-account.ts';
import type { Gap } from '../model/gap.ts';
import type { Trace } from '../trace/trace.ts';
import type { TraceQuestion } from '../trace/trace-question.ts';

/** With a gap: the model's answer stands, the proof could not be made. */
export type ProofAnswer = ProvenTrace | { readonly trace: Trace; readonly gap: Gap } | { readonly error: string };

export interface Prover {
  /** Sends one packet for real. `tell` is called with what will be done, before it is done, and then with progress. */
  prove(question: TraceQuestion, tell: (progress: string) => void): Promise<ProofAnswer>;
}

export interface ProverOptions {
  readonly hosts: readonly Host[];
  readonly readOnly: boolean;
  graph(): Graph | undefined;
  trace(question: TraceQuestion): Trace | { readonly error: string };
}

const refuse = (trace: Trace, reason: Gap['reason'], detail: string, howToSee?: string): ProofAnswer => ({
  trace,
  gap: { source: 'live proof', reason, detail, ...(howToSee === undefined ? {} : { howToSee }) },
});

export const createProver = ({ hosts, readOnly, graph: current, trace: traceOf }: ProverOptions): Prover => ({
  prove: async (question, tell) => {
    const graph = current();
    const trace = traceOf(question);
    if ('error' in trace) return trace;
    if (graph === undefined) return { error: 'nothing has been read yet' };
    if (readOnly)
      return refuse(trace, 'forbidden', 'read-only: a proof sends a packet and adds an nft table of our own');
    const { announceProbe, planProbe } = await import('../live/plan-probe.ts');
    const order = planProbe(graph, trace, question);
    if ('error' in order) return refuse(trace, 'unsupported', order.error);
    const id = graph.netns.get(order.from)?.host;
    const host = hosts.find((one) => one.id === id);
    if (host?.probe === undefined)
      return refuse(
        trace,
        'unsupported',
        `no packet can be sent on ${id}: it is ${host?.live === true ? 'reached over SSH' : 'a recording'}`,
      );
    if (id !== undefined && graph.hosts.get(id)?.facts.privileged === false)
      return refuse(trace, 'forbidden', 'a proof enters a netns and adds an nft table', 'run as root');
    tell(announceProbe(graph, order));
    const { proveTrace } = await import('../live/prove-trace.ts');
    const live = await proveTrace(host, graph, trace, order, tell);
    return 'error' in live ? refuse(trace, 'invalid', live.error) : { trace, live };
  },
});
