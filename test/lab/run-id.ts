/** The name under which everything this test run makes can be told from what others made, also after the run was killed. */
import { readFileSync } from 'node:fs';

const PREFIX = 'vethscope-lab-';

/** Start time in clock ticks after boot: with the pid it names one process for ever. */
const startTime = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};

/** `vethscope-lab-PID-STARTTIME`, of the process that runs the tests of one file. */
export const runId = `${PREFIX}${process.pid}-${startTime(process.pid) ?? 0}`;

/** True for a name made by a run whose process has ended. */
export const isStale = (name: string): boolean => {
  const found = /^vethscope-lab-(\d+)-(\d+)/.exec(name);
  return found?.[1] !== undefined && startTime(Number(found[1])) !== found[2];
};
