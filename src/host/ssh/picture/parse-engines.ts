/** What the engines of the other machine said → answers as their API gives them. */
import type { Gap } from '../../../model/gap.ts';
import { kindOf } from '../../engines/read-engine.ts';
import type { DaemonSettings, EngineAnswers } from '../../host.ts';
import type { Frame } from '../frames.ts';
import { parseJsonValues } from './parse-json-values.ts';

export interface ParsedEngines {
  readonly engines: readonly EngineAnswers[];
  readonly gaps: readonly Gap[];
}

/** The frames of one engine: from its own to the next. */
interface EngineFrames {
  readonly socket: string;
  readonly pid?: number;
  readonly bodies: ReadonlyMap<string, string>;
  readonly trouble?: string;
}

const parts = new Set(['version', 'info', 'containers', 'networks', 'arguments', 'daemonjson', 'daemontimes']);

const group = (frames: readonly Frame[]): readonly EngineFrames[] => {
  const engines: { socket: string; pid?: number; bodies: Map<string, string>; trouble?: string }[] = [];
  for (const { words, body } of frames) {
    const [word = '', socket = '', pid = ''] = words;
    const current = engines.at(-1);
    if (word === 'engine') {
      engines.push({ socket, ...(/^\d+$/.test(pid) ? { pid: Number(pid) } : {}), bodies: new Map() });
    } else if (current !== undefined && parts.has(word)) current.bodies.set(word, body);
    else if (current !== undefined && (word === 'forbidden' || word === 'untold')) current.trouble = word;
  }
  return engines;
};

const isAnswer = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && !('message' in value && Object.keys(value).length === 1);

/** What was asked in vain: a container that went in between is none. */
const answersIn = (text: string | undefined): readonly unknown[] =>
  parseJsonValues(text ?? '')
    .flatMap((value) => (Array.isArray(value) ? value : [value]))
    .filter(isAnswer);

/** As daemon-settings.ts: a file that was written after the daemon began says what it will do, not what it does. */
const settingsOf = (bodies: EngineFrames['bodies']): DaemonSettings | undefined => {
  const told = bodies.get('arguments');
  if (told === undefined) return undefined;
  const args = told
    .split('\n')
    .slice(1)
    .filter((arg) => arg !== '');
  const text = (bodies.get('daemonjson') ?? '').trim();
  if (text === '') return { args, file: null };
  const [written = '', stat = '', booted = ''] = (bodies.get('daemontimes') ?? '').split('\n');
  const began = Number(booted) + Number(stat.split(' ')[19]) / 100;
  if (Number(written) > began + 1) return { args };
  try {
    return { args, file: JSON.parse(text) };
  } catch {
    return { args };
  }
};

const gapFor = (kind: string, { socket, trouble, bodies }: EngineFrames): Gap | undefined => {
  const source = `${kind} ${socket}`;
  if (trouble === 'forbidden')
    return {
      source,
      reason: 'forbidden',
      detail: `${socket}: permission denied`,
      howToSee: 'log in as root, as a member of the group that owns the socket, or let sudo -n start a shell',
    };
  if (trouble === 'untold')
    return {
      source,
      reason: 'missing',
      detail: 'neither curl nor docker is there to ask it',
      howToSee: 'install curl there',
    };
  const said = (bodies.get('version') ?? '').trim().split('\n')[0];
  return { source, reason: 'invalid', detail: `${socket}: ${said === '' ? 'no answer' : said}` };
};

/** `wanted`: only an engine of this kind counts. */
export const parseEngines = (frames: readonly Frame[], wanted?: string): ParsedEngines => {
  const gaps: Gap[] = [];
  const engines = group(frames).flatMap((found): readonly EngineAnswers[] => {
    const [version] = answersIn(found.bodies.get('version'));
    const guessed = found.socket.includes('podman') ? 'podman' : 'docker';
    if (version === undefined) {
      const gap = wanted === undefined || wanted === guessed ? gapFor(guessed, found) : undefined;
      if (gap !== undefined) gaps.push(gap);
      return [];
    }
    const kind = kindOf(version);
    if (wanted !== undefined && wanted !== kind) return [];
    const settings = settingsOf(found.bodies);
    return [
      {
        kind,
        socket: found.socket,
        ...(found.pid === undefined ? {} : { pid: found.pid }),
        ...(settings === undefined ? {} : { settings }),
        version,
        info: answersIn(found.bodies.get('info'))[0],
        containers: answersIn(found.bodies.get('containers')),
        networks: answersIn(found.bodies.get('networks')),
      },
    ];
  });
  for (const { words } of frames) {
    const [word, socket = ''] = words;
    if (word !== 'sleeping') continue;
    const kind = socket.includes('podman') ? 'podman' : 'docker';
    gaps.push({
      source: `${kind} ${socket}`,
      reason: 'missing',
      detail: `${kind} does not run; asking its socket would start it`,
      howToSee: 'start it there',
    });
  }
  return { engines, gaps };
};
