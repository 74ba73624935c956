/** Whether one more session over the connection was refused, and what to do then. */
import type { Gap } from '../../../model/gap.ts';

export const refusedSession: Pick<Gap, 'reason' | 'detail' | 'howToSee'> = {
  reason: 'missing',
  detail: 'the other machine takes no more sessions over one connection',
  howToSee: 'raise MaxSessions in its sshd_config',
};

/** By what ssh says of it (mux_client_request_session). */
export const isRefusedSession = (said: string): boolean => /session request failed|open refused/i.test(said);

export const refusedSessionText = `${refusedSession.detail} (${refusedSession.howToSee})`;
