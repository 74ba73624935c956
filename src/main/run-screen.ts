/** `vethscope` alone: the screen on a terminal; elsewhere the list of containers and a hint. */
import type { Session } from '../session.ts';
import { type CommandInput, openSession, type RunCommand } from './command.ts';
import { runList } from './run-list.ts';

/** Owns the session. The first frame stands before anything is read. */
export const showScreen = async (input: CommandInput, session: Session): Promise<number> => {
  const { openUi } = await import('../ui/open.tsx');
  try {
    const ended = openUi({
      session,
      options: {
        ...(input.switches.has('no-color') ? { color: false } : {}),
        ...(input.switches.has('ascii') ? { ascii: true } : {}),
      },
    });
    void session.start({ follow: true });
    return await ended;
  } finally {
    await session.close();
  }
};

export const hasScreen = ({ io, json }: CommandInput): boolean =>
  !json && io.stdout.isTTY && process.stdin.isTTY === true && io.env['TERM'] !== 'dumb';

/** The first try of a fresh clone: npm tells its own scripts what they are. */
export const isFirstTry = (input: CommandInput): boolean =>
  input.io.env['npm_lifecycle_event'] === 'start' &&
  !input.values.has('recording') &&
  !input.values.has('host') &&
  hasScreen(input);

export const runScreen: RunCommand = async (input) => {
  // -v would write across the screen; the log view tells the same.
  if (hasScreen(input))
    return showScreen(
      input,
      await openSession(
        { ...input, switches: new Set([...input.switches].filter((one) => one !== 'verbose')) },
        undefined,
        true,
      ),
    );
  const code = await runList(input);
  if (!input.json) {
    input.io.stderr.write(
      '\nThis is no terminal, so here is the list of containers; `vethscope --help` tells the commands.\n',
    );
  }
  return code;
};
