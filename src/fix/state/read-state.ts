/** Reads what a change touches as canonical text. */
import type { Host } from '../../host/host.ts';
import type { CommandResult } from '../../model/change.ts';
import { stateArgv } from './state-argv.ts';
import { stateText } from './state-text.ts';
import type { Touch } from './touch.ts';

/** `whole` is more than is compared: the table a chain is part of, for repair by hand; addresses with their lifetimes. */
export type ReadState =
  | { readonly text: string; readonly whole?: string }
  /** It cannot be told how it was: nothing may be changed then. */
  | { readonly error: string };

const isAbsent = ({ stderr, exitCode }: CommandResult): boolean =>
  exitCode !== 126 && /does not exist|Cannot find device|No such (file|device)/i.test(stderr);

/** Links come and go while their sysctls are being listed: what was listed counts. */
const isPartial = (touch: Touch, { exitCode, stderr }: CommandResult): boolean =>
  touch.kind === 'sysctls' && exitCode === 1 && !/option/.test(stderr);

export const readState = async (host: Host, touch: Touch): Promise<ReadState> => {
  const argv = stateArgv(touch);
  const result = await host.change({ argv, ...(touch.netns === undefined ? {} : { netns: touch.netns }) });
  if (result.exitCode !== 0 && !isPartial(touch, result)) {
    if (isAbsent(result)) return { text: 'absent' };
    return { error: `${argv.join(' ')}: ${result.stderr.trim() || `exit code ${result.exitCode}`}` };
  }
  try {
    const text = stateText(touch, result.stdout);
    return touch.kind === 'chain' || touch.kind === 'addresses' ? { text, whole: result.stdout } : { text };
  } catch {
    return { error: `${argv.join(' ')}: printed no JSON` };
  }
};
