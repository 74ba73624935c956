/** `vethscope undo`, `vethscope confirm` and `vethscope journal`. */
import { changeDocument, journalDocument } from '../report/change/change-document.ts';
import { formatChange, formatJournal } from '../report/change/format-change.ts';
import { safeText } from '../report/format-table.ts';
import type { Change, Session } from '../session.ts';
import { type CommandInput, graphOf, openSession, type RunCommand, writeJson } from './command.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { exitCodeOf } from './run-fix.ts';
import { tellFailure } from './tell-failure.ts';

const tell = async (
  input: CommandInput,
  name: 'undo' | 'confirm',
  session: Session,
  change: Change | { readonly error: string },
): Promise<ExitCode> => {
  if ('error' in change) return tellFailure(input, change.error, exitCodes.changeFailed);
  if (input.json) writeJson(input, changeDocument(name, await graphOf(session), change));
  else input.io.stdout.write(formatChange(change, input.style));
  return exitCodeOf(change);
};

export const runUndo: RunCommand = async (input) => {
  const session = await openSession(input);
  try {
    return await tell(input, 'undo', session, await session.undo(input.words[0]));
  } finally {
    await session.close();
  }
};

export const runConfirm: RunCommand = async (input) => {
  const session = await openSession(input, undefined, true);
  try {
    const change = await session.confirm(
      input.words[0]!,
      (what) => void (input.json || input.io.stderr.write(`${safeText(`+ ${what}`, input.style)}\n`)),
    );
    const code = await tell(input, 'confirm', session, change);
    return 'error' in change || change.state === 'verified' ? code : exitCodes.changeFailed;
  } finally {
    await session.close();
  }
};

export const runJournal: RunCommand = async (input) => {
  const session = await openSession(input, ['briefLinks']);
  try {
    const journal = await session.journal();
    if (input.json) writeJson(input, journalDocument(await graphOf(session), journal));
    else {
      input.io.stdout.write(formatJournal(journal.changes, input.style));
      if (journal.damaged > 0)
        input.io.stderr.write(`${journal.damaged} lines of the journal in ${journal.folder} could not be read\n`);
    }
    return exitCodes.yes;
  } finally {
    await session.close();
  }
};
