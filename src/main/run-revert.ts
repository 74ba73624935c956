/** The hidden command `__revert ID`: stands guard over a change that waits for its confirmation. */
import { openLocalHost } from '../host/local-host.ts';
import { standGuard } from '../session/stand-guard.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';

export const runRevert = async (id: string): Promise<ExitCode> => {
  const hurry = new AbortController();
  // The terminal went away: exactly what we are here for.
  process.on('SIGHUP', () => {});
  // Sent when a login session is cleaned up: what nobody can confirm any more is taken back at once.
  process.on('SIGTERM', () => hurry.abort());
  await standGuard(id, openLocalHost, hurry.signal);
  return exitCodes.yes;
};
