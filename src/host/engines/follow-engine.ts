/** Follows an engine's events, and comes back when the engine was restarted. */
import type { EngineKind } from '../../model/container.ts';
import type { HostEvent } from '../host.ts';
import { type EngineApi, openEngineApi } from './engine-api.ts';
import { engineGap } from './engine-gap.ts';

export interface FollowedEngine {
  readonly kind: EngineKind;
  readonly socket: string;
}

const retryMs = { first: 250, most: 10_000 } as const;

/** What happens inside a container is not our subject, and health checks alone would make an idle host busy. */
const quietActions =
  /^(exec_|exec$|health_status|attach$|detach$|resize$|top$|copy$|archive-path$|extract-to-dir$|export$|commit$|kill$|stats$)/;

export function followEngine(
  engine: FollowedEngine,
  listener: (events: readonly HostEvent[]) => void,
): { readonly stop: () => Promise<void> } {
  let stopped = false;
  let api: EngineApi | undefined;
  let wake: (() => void) | undefined;
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  const run = async () => {
    for (let wait: number = retryMs.first, lost = false; !stopped; wait = Math.min(wait * 2, retryMs.most)) {
      api = openEngineApi(engine.socket);
      const opened = () => {
        wait = retryMs.first;
        if (lost) listener([{ kind: 'resync', why: `${engine.kind} was not reachable for a while` }]);
      };
      const outcome = await api.stream('/events', (line) => listener(eventsOfLine(line, engine.socket)), opened);
      api.close();
      if (stopped) return;
      // The first loss is worth telling; that it lasts is not.
      const source = `${engine.kind} /events`;
      const gap = engineGap(source, engine.socket, outcome) ?? {
        source,
        reason: 'vanished' as const,
        detail: `${engine.socket}: the stream of events ended`,
      };
      if (!lost) listener([{ kind: 'gap', gap }, daemonEvent(engine.socket, 'lost')]);
      lost = true;
      await pause(wait);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopped = true;
      api?.close();
      wake?.();
      await running;
    },
  };
}

/** One line of /events → what to ask again. Podman says `died` and `remove` where Docker says `die` and `destroy`; both only cause asking. */
export function eventsOfLine(line: string, socket: string): readonly HostEvent[] {
  const event = parseLine(line);
  const action = typeof event?.Action === 'string' ? event.Action : '';
  const id = typeof event?.Actor?.ID === 'string' ? event.Actor.ID : '';
  if (quietActions.test(action)) return [];
  switch (event?.Type) {
    case 'container':
      return [{ kind: 'engine', socket, about: 'container', action, id }];
    case 'network': {
      const container = event.Actor?.Attributes?.container;
      const attached: readonly HostEvent[] =
        typeof container === 'string' && container !== ''
          ? [{ kind: 'engine', socket, about: 'container', action, id: container }]
          : [];
      return [{ kind: 'engine', socket, about: 'network', action, id }, ...attached];
    }
    case 'daemon':
      return [daemonEvent(socket, action)];
    default:
      return [];
  }
}

interface EventLine {
  readonly Type?: unknown;
  readonly Action?: unknown;
  readonly Actor?: { readonly ID?: unknown; readonly Attributes?: { readonly container?: unknown } };
}

function parseLine(line: string): EventLine | undefined {
  try {
    return JSON.parse(line) as EventLine;
  } catch {
    return undefined;
  }
}

function daemonEvent(socket: string, action: string): HostEvent {
  return { kind: 'engine', socket, about: 'daemon', action, id: '' };
}
