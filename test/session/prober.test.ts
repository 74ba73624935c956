import { beforeAll, describe, expect, test } from 'vitest';
import { probeQuestions } from '../../src/diagnose/probe-questions.ts';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { createProber } from '../../src/session/prober.ts';
import type { ProofAnswer } from '../../src/session/prover.ts';
import type { Trace } from '../../src/trace/trace.ts';
import { loadRecording } from '../support/load-recording.ts';

let graph: Graph;
beforeAll(async () => {
  graph = buildGraph([await loadRecording('docker-28-standard')]);
});

const trace: Trace = {
  from: '',
  to: '',
  outcome: 'delivered',
  explanation: '',
  request: { outcome: 'delivered', hops: [] },
  gaps: [],
};
const proof = (outcome: Trace['outcome'], model: Trace['outcome'] = 'delivered'): ProofAnswer => ({
  trace: { ...trace, outcome: model },
  live: {
    outcome,
    explanation: `it was ${outcome}`,
    request: { outcome, hops: [] },
    agreement: outcome === model ? 'agrees' : 'disagrees',
    why: `seen: ${outcome}`,
    gaps: [],
  },
});
const probe = async (answer: (to: string) => ProofAnswer, readOnly = false) => {
  const asked: string[] = [];
  const told: string[] = [];
  const prober = createProber({
    readOnly,
    graph: () => graph,
    prove: async ({ to }) => {
      asked.push(to);
      return answer(to);
    },
  });
  return { found: await prober.probe((what) => told.push(what)), asked, told };
};

describe('an active diagnosis', () => {
  test('tries a few connections of each kind and the name servers, never out of the host, and says so first', async () => {
    const { found, asked, told } = await probe(() => proof('delivered'));
    expect(found).toMatchObject({ findings: [], asked: asked.length });
    expect(asked.length).toBeLessThanOrEqual(40);
    expect(asked.filter((to) => to === '127.0.0.11:53/tcp').length).toBeGreaterThan(2);
    expect(asked.filter((to) => to.includes('outside'))).toEqual([]);
    expect(told[0]).toMatch(/^one packet each, between namespaces of this host only: .*app2 → its name server/);
  });

  test('finds what fails though the model lets it pass; what the model stops was found before', async () => {
    const news = await probe((to) => proof(to.startsWith('127.') ? 'rejected' : 'delivered'));
    expect(news.found).toMatchObject({
      findings: expect.arrayContaining([
        expect.objectContaining({ check: 'probe-failed', severity: 'error', why: 'it was rejected' }),
      ]),
    });
    const old = await probe(() => proof('dropped', 'dropped'));
    expect(old.found).toMatchObject({ findings: [] });
  });

  test('tells what could not be tried, and sends nothing where only reading is allowed', async () => {
    const gap = { source: 'live proof', reason: 'forbidden', detail: 'run as root' } as const;
    const { found } = await probe(() => ({ trace, gap }));
    expect('gaps' in found && found.gaps[0]).toMatchObject({ reason: 'forbidden', detail: 'run as root' });
    const refused = await probe(() => proof('delivered'), true);
    expect(refused.found).toMatchObject({ error: expect.stringContaining('read-only') });
    expect(refused.asked).toEqual([]);
  });

  test('sends only what was shown and confirmed, and no more once it is stopped', async () => {
    const asked: string[] = [];
    const prober = createProber({
      readOnly: false,
      graph: () => graph,
      prove: async ({ to }) => {
        asked.push(to);
        return proof('delivered');
      },
    });
    const { questions } = probeQuestions(graph);
    const confirmed = { questions: questions.slice(0, 3), left: 0 };
    await prober.probe(() => undefined, { confirmed });
    expect(asked).toEqual(confirmed.questions.map(({ to }) => to));
    const stopped = await prober.probe(() => undefined, { confirmed, isStopped: () => asked.length === 5 });
    expect(stopped).toMatchObject({ asked: 2, gaps: [{ reason: 'truncated', detail: expect.stringContaining('1 ') }] });
  });
});
