/** Puts back exactly what a change touched, where its undo commands alone did not. */
import type { Host } from '../host/host.ts';
import type { CommandResult } from '../model/change.ts';
import type { Before } from './journal/journal-record.ts';
import { readState } from './state/read-state.ts';
import { restoreCommands } from './state/restore-commands.ts';
import { describeTouch } from './state/touch.ts';

const explain = ({ command, stderr, exitCode }: CommandResult): string =>
  `${command.argv.join(' ')}: ${stderr.trim().split('\n')[0] || `exit code ${exitCode}`}`;

/** What is not as it was: names of things. */
export const findDifferences = async (host: Host, before: readonly Before[]): Promise<readonly string[]> => {
  const different: string[] = [];
  for (const { touch, text } of before) {
    const now = await readState(host, touch);
    if ('error' in now) different.push(now.error);
    else if (now.text !== text) different.push(describeTouch(touch));
  }
  return different;
};

/** Tells what could not be put back; [] when all is as it was. */
export const restoreTouched = async (host: Host, before: readonly Before[]): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (const { touch, text } of before) {
    const now = await readState(host, touch);
    if ('error' in now || now.text === text) continue;
    for (const command of restoreCommands(touch, text, now.text)) {
      const result = await host.change(command);
      if (result.exitCode !== 0) failures.push(explain(result));
    }
  }
  const different = await findDifferences(host, before);
  return different.length === 0 ? [] : [...different, ...failures];
};
