/** What the findings view asks beyond one picture: connections tried for real, and what was counted between two pictures. */
import type { ProbeChoice } from '../diagnose/probe-questions.ts';
import type { Finding, Graph } from '../session.ts';
import type { Shell } from './run-effect.ts';

const stopped = new WeakSet<Shell['session']>();

const timeOfDay = (): string => new Date().toTimeString().slice(0, 8);

const errorOf = (error: unknown): { readonly error: string } => ({
  error: error instanceof Error ? error.message : String(error),
});

export const planProbe = async ({ session, store }: Shell): Promise<void> => {
  const { probeQuestions } = await import('../diagnose/probe-questions.ts');
  const { graph } = session.state();
  const choice = graph === undefined ? { questions: [], left: 0 } : probeQuestions(graph);
  store().dispatch({ kind: 'probe-plan', choice });
};

export const runProbe = async ({ session, store }: Shell, choice: ProbeChoice): Promise<void> => {
  stopped.delete(session);
  // The first word says what will be sent; it was shown and confirmed already.
  let sent = -1;
  const tell = (progress: string): void => {
    sent += 1;
    if (sent > 0) store().dispatch({ kind: 'probe-progress', progress, sent });
  };
  const answer = await session.probe(tell, { confirmed: choice, isStopped: () => stopped.has(session) }).catch(errorOf);
  store().dispatch({ kind: 'probed', answer, at: timeOfDay() });
};

export const stopProbe = ({ session }: Shell): void => {
  stopped.add(session);
};

export const beginCount = async ({ session, store }: Shell): Promise<void> => {
  await session.refresh();
  const { graph } = session.state();
  store().dispatch(
    graph === undefined
      ? { kind: 'counted', answer: { error: 'the host could not be read' }, at: timeOfDay() }
      : { kind: 'counting', since: graph, at: timeOfDay() },
  );
};

/** What one picture shows as well is among the findings already. */
const findNews = async (session: Shell['session'], since: Graph): Promise<readonly Finding[]> => {
  await session.refresh();
  const compared = await session.findings(since);
  const plain = await session.findings();
  const known = new Set([...plain.findings, ...plain.folded].map(({ id }) => id));
  return compared.findings.filter(({ id }) => !known.has(id));
};

export const endCount = async ({ session, store }: Shell, since: Graph): Promise<void> => {
  const answer = await findNews(session, since).catch(errorOf);
  store().dispatch({ kind: 'counted', answer, at: timeOfDay() });
};
