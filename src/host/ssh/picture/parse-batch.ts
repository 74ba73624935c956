/** The answers of `ip -batch`, told apart: one JSON line for each command that worked, a line number for each that did not. */

import { mendJson } from '../../recording/mend-json.ts';

export interface BatchAnswer {
  /** JSON text; absent: the command failed. */
  readonly json?: string;
  /** What it complained about. */
  readonly complaint?: string;
}

/** iproute2's do_batch() says `Command failed FILE:LINE` after what the command itself said. */
export const parseBatch = (text: string, count: number): readonly BatchAnswer[] => {
  const answers: BatchAnswer[] = [];
  let said: string[] = [];
  for (const line of text.split('\n')) {
    const failed = /^Command failed -:(\d+)$/.exec(line)?.[1];
    if (failed !== undefined) {
      answers[Number(failed) - 1] = { complaint: said[0] ?? 'failed' };
      said = [];
    } else if (line.startsWith('[') && line.endsWith(']')) {
      let at = 0;
      while (answers[at] !== undefined) at += 1;
      answers[at] = { json: mendJson(line) };
      said = [];
    } else if (line !== '' && !line.startsWith('[')) said.push(line);
  }
  return Array.from({ length: count }, (_, index) => answers[index] ?? { complaint: said[0] ?? 'no answer' });
};

/** This kernel has no such list: then there is nothing in it. */
export const isUnsupported = ({ complaint }: BatchAnswer): boolean =>
  complaint !== undefined && /not supported|Address family/i.test(complaint);
