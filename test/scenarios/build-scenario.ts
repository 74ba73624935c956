/** Carries out the steps of a scenario in a lab host. */
import type { LabHost } from '../lab/lab-host.ts';
import type { Step } from './scenario.ts';

const pidOf = (host: LabHost, container: string): Promise<string> =>
  host.docker('inspect', '--format', '{{.State.Pid}}', container);

export const runSteps = async (host: LabHost, steps: readonly Step[]): Promise<void> => {
  for (const step of steps) {
    const words = await Promise.all(step.map((word) => (word.startsWith('@') ? pidOf(host, word.slice(1)) : word)));
    await host.run(words);
  }
};
