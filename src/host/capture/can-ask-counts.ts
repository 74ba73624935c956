/** Whether a tcpdump may be asked for its counts while it runs (SIGUSR1). */
import { runCommand } from '../run-command.ts';

const answers = new Map<string, Promise<boolean>>();

/** Before 4.99 the signal could cut a write to a full pipe in two, and with it the stream (CHANGES: "Set SA_RESTART on non-lethal signals"). */
export const isSafeVersion = (said: string): boolean => {
  const [, major, minor] = /tcpdump version (\d+)\.(\d+)/.exec(said) ?? [];
  return Number(major) > 4 || (Number(major) === 4 && Number(minor) >= 99);
};

export const canAskCounts = (program: string): Promise<boolean> => {
  const known = answers.get(program);
  if (known !== undefined) return known;
  const answer = runCommand({ argv: [program, '--version'], timeoutMs: 5000, maxBytes: 4096 }).then(
    (outcome) => outcome.end === 'exited' && isSafeVersion(outcome.stdout + outcome.stderr),
  );
  answers.set(program, answer);
  return answer;
};
