/** The state of a TCP connection as its flags tell it to somebody who listens. */
import { tcpFlags } from '../decode/read-headers.ts';
import type { TcpState } from './flow-entry.ts';

/** `fins`: which sides have said FIN, bit 1 the asker, bit 2 the other. */
export interface TcpProgress {
  state: TcpState;
  fins: number;
}

/** `forward`: from the asker. A SYN begins anew, whatever was before: ports are used again. */
export const stepTcp = (progress: TcpProgress, flags: number, forward: boolean): void => {
  const has = (flag: number): boolean => (flags & flag) !== 0;
  if (has(tcpFlags.RST)) progress.state = 'reset';
  else if (has(tcpFlags.SYN)) {
    progress.state = has(tcpFlags.ACK) ? 'syn-received' : 'syn-sent';
    progress.fins = 0;
  } else if (has(tcpFlags.FIN)) {
    progress.fins |= forward ? 1 : 2;
    progress.state = 'closing';
  } else if (progress.state === 'syn-received' && forward && has(tcpFlags.ACK)) progress.state = 'established';
  else if (progress.state === 'closing' && progress.fins === 3 && has(tcpFlags.ACK)) progress.state = 'closed';
};
