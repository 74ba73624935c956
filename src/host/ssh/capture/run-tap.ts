/** One tcpdump on the other machine: its stream comes by a session of its own over the same connection. */
import type { Gap } from '../../../model/gap.ts';
import { followTool, type RunningTap, type TapListener } from '../../capture/follow-tool.ts';
import { readComplaint, type ToolOrder, toolArgv } from '../../capture/tool-argv.ts';
import type { Place } from '../change/command-script.ts';
import type { Line } from '../line/open-line.ts';
import { isRefusedSession, refusedSession } from '../line/refused-session.ts';
import { beatMs, tapScript } from './tap-script.ts';

const startMs = 20_000;
/** For its last words after it was asked to end. */
const patienceMs = 5_000;

export interface TapThere {
  readonly order: ToolOrder;
  readonly tap: number;
  /** Absent: where the login is. */
  readonly place?: Place;
}

export const runTapThere = (line: Line, { order, tap, place }: TapThere, listener: TapListener): RunningTap => {
  const source = `tcpdump on ${order.ifname}`;
  const session = line.startShell();
  session.stdin?.write(tapScript(toolArgv('tcpdump', order), place));
  return followTool(
    {
      child: session,
      tool: 'tcpdump',
      tap,
      source,
      startMs,
      patienceMs,
      beat: { everyMs: beatMs, say: () => session.stdin?.write('beat\n') },
      // The end of its input is what ends it there.
      askToEnd: () => session.stdin?.end(),
      makeEnd: () => session.kill('SIGTERM'),
      whyEnded: (said, code) => whyEnded(source, said, code),
    },
    listener,
  );
};

const whyEnded = (source: string, said: string, code: number | null): Gap => {
  if (isRefusedSession(said))
    return { source, ...refusedSession, howToSee: `${refusedSession.howToSee}, or capture at fewer points` };
  const complaint = readComplaint(said);
  if (complaint === undefined)
    return code === 255
      ? { source, reason: 'vanished', detail: 'the line was lost' }
      : { source, reason: 'vanished', detail: 'nothing that was known to hold its netns does so any more' };
  return {
    source,
    ...complaint,
    ...(complaint.reason === 'forbidden' ? { howToSee: 'log in as root, or let sudo -n start a shell' } : {}),
  };
};
