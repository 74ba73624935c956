/** Follows the events of an engine on the other machine, also when it is started again. */
import { eventsOfLine } from '../../engines/follow-engine.ts';
import type { HostEvent } from '../../host.ts';
import type { Line } from '../line/open-line.ts';
import { quoteForShell } from '../remote/compose-script.ts';
import { followLines } from './follow-lines.ts';
import { engineScript } from './kernel-script.ts';

const retryMs = 5_000;

export const followEngineThere = (
  line: Line,
  engine: { readonly kind: string; readonly socket: string },
  tell: (events: readonly HostEvent[]) => void,
): { readonly stop: () => void } => {
  let stopped = false;
  let lost = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let lines: { readonly stop: () => void } | undefined;
  const start = (): void => {
    lines = followLines(
      line,
      engineScript(quoteForShell(engine.socket)),
      (text) => {
        if (lost) tell([{ kind: 'resync', why: `${engine.kind} was not reachable for a while` }]);
        lost = false;
        tell(eventsOfLine(text, engine.socket));
      },
      () => {
        if (stopped) return;
        const gap = {
          source: `${engine.kind} /events`,
          reason: 'vanished' as const,
          detail: `${engine.socket}: the stream of events ended`,
        };
        if (!lost)
          tell([
            { kind: 'gap', gap },
            { kind: 'engine', socket: engine.socket, about: 'daemon', action: 'lost', id: '' },
          ]);
        lost = true;
        timer = setTimeout(start, retryMs);
      },
    );
  };
  start();
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      lines?.stop();
    },
  };
};
