/** Asks every engine of this machine, or the one wanted. */
import type { EngineKind } from '../../model/container.ts';
import type { Gap } from '../../model/gap.ts';
import type { EngineAnswers, Questions } from '../host.ts';
import { readDaemonSettings } from './daemon-settings.ts';
import { type EngineApi, openEngineApi } from './engine-api.ts';
import { type EngineProcess, findEngineProcesses } from './engine-processes.ts';
import { findEngineSockets } from './engine-sockets.ts';
import { readEngine } from './read-engine.ts';
import { wouldActivate } from './would-activate.ts';

export interface EnginesRead {
  readonly value: readonly EngineAnswers[];
  readonly gaps: readonly Gap[];
}

type EnginesQuestion = Questions['engines']['question'];

export async function readEngines(
  question: EnginesQuestion,
  opened: (api: EngineApi) => void,
  asked: (api: EngineApi, socket: string, containers: number, durationMs: number, gaps: readonly Gap[]) => void,
): Promise<EnginesRead> {
  if (question.engine === 'none') return { value: [], gaps: [] };
  const kind: EngineKind | undefined = question.engine;
  const found = findEngineSockets({
    env: process.env,
    ...(question.socket === undefined ? {} : { socket: question.socket }),
  });
  const processes = findEngineProcesses(found.sockets);
  const read = await Promise.all(
    found.sockets.map(async (socket) => {
      // Whoever names an engine or a socket wants it asked, even if that starts its service.
      const wanted = kind !== undefined || found.named.includes(socket);
      if (!wanted && wouldActivate(socket, processes)) return { gaps: [sleepingEngine(socket)] };
      const began = performance.now();
      const api = openEngineApi(socket);
      opened(api);
      const pid = pidBehind(socket, processes);
      const only = question.only;
      const reading = await readEngine({
        api,
        socket,
        ...(kind === undefined ? {} : { kind }),
        ...(pid === undefined ? {} : { pid }),
        ...(only === undefined ? {} : { only }),
      });
      api.close();
      const settings = pid === undefined || only !== undefined ? undefined : await readDaemonSettings(pid);
      asked(api, socket, reading.answers?.containers.length ?? 0, performance.now() - began, reading.gaps);
      const { answers } = reading;
      return settings === undefined || answers === undefined
        ? reading
        : { ...reading, answers: { ...answers, settings } };
    }),
  );
  const value = read.flatMap((reading) =>
    'answers' in reading && reading.answers !== undefined ? [reading.answers] : [],
  );
  return { value, gaps: [...found.gaps, ...read.flatMap(({ gaps }) => gaps)] };
}

/** The one daemon that can serve the socket; undefined when several could. */
function pidBehind(socket: string, processes: readonly EngineProcess[]): number | undefined {
  const comm = socket.includes('podman') ? 'podman' : 'dockerd';
  const candidates = processes.filter((process) => process.comm === comm);
  return candidates.length === 1 ? candidates[0]?.pid : undefined;
}

function sleepingEngine(socket: string): Gap {
  const kind = socket.includes('podman') ? 'podman' : 'docker';
  return {
    source: `${kind} ${socket}`,
    reason: 'missing',
    detail: `${kind} does not run; asking its socket would start it`,
    howToSee: `start it, or ask it anyway with --engine ${kind}`,
  };
}
