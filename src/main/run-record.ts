/** `vethscope record`. */
import { makeHead } from '../report/document.ts';
import { safeText } from '../report/format-table.ts';
import { graphOf, openSession, type RunCommand, writeJson } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { usageError } from './usage-error.ts';

export const runRecord: RunCommand = async (input) => {
  const path = input.words[0]!;
  const session = await openSession(input);
  try {
    const recorded = await session.record(path, { redact: input.switches.has('redact') });
    if ('error' in recorded) throw usageError(recorded.error);
    if (input.json) {
      const { host, schema } = makeHead('record', await graphOf(session));
      writeJson(input, { schema, host, path, ...recorded });
    } else {
      const gaps = recorded.gaps.length === 0 ? '' : `, with ${recorded.gaps.length} gaps`;
      input.io.stdout.write(
        `${safeText(path, input.style)}: ${recorded.files} files${gaps}; look at it with --recording\n`,
      );
    }
    return exitCodes.yes;
  } finally {
    await session.close();
  }
};
