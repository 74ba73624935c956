/** Answers questions from whole pictures: each part of one is told once, and whoever asks again has a new one taken. */
import type { HostId } from '../../../model/ids.ts';
import type { Answer, ContainerFiles, EngineAnswers, NetnsPart, Questions } from '../../host.ts';
import type { Frame } from '../frames.ts';
import { enginesCall, filesCall, restCall, wiringCall } from '../remote/compose-script.ts';
import { parseEngines } from './parse-engines.ts';
import { answerFiles, parseFiles } from './parse-files.ts';
import { type Picture, parsePicture } from './parse-picture.ts';

export interface Teller {
  picture(question: Questions['netns']['question']): Promise<Picture>;
  engines(question: Questions['engines']['question']): Promise<Answer<readonly EngineAnswers[]>>;
  containerFiles(
    containers: Questions['containerFiles']['question']['containers'],
  ): Promise<Answer<readonly ContainerFiles[]>>;
}

interface Told {
  readonly frames: Promise<readonly Frame[]>;
  readonly asked: Set<string>;
  wiring?: Picture;
  whole?: Promise<Picture>;
}

type Call = (what: string, script: string) => Promise<readonly Frame[]>;

/** What the first call does not read. Policy rules of IPv6 take a process of their own; who asks in a hurry gets none before the rest. */
const restParts: ReadonlySet<NetnsPart> = new Set(['sysctls', 'sockets', 'conntrack', 'ruleset']);

const wantsRest = ({ parts, search }: Questions['netns']['question']): boolean =>
  parts.some((part) => restParts.has(part) || (part === 'policyRules' && search !== 'quick'));

/** Of a line that is lost the last picture is told, however often it is asked for. */
export const createTeller = (host: HostId, privileged: boolean, call: Call): Teller => {
  const take = (): Told => {
    const frames = call('wiring and engines, in one round trip', wiringCall);
    frames.catch(() => {});
    return { frames, asked: new Set() };
  };
  let told = take();
  const tell = async (parts: readonly string[]): Promise<Told> => {
    if (parts.some((part) => told.asked.has(part))) {
      const before = told;
      const fresh = take();
      told = fresh;
      for (const part of parts) fresh.asked.add(part);
      await fresh.frames.catch((error: unknown) => {
        if (before.wiring === undefined && before.whole === undefined) throw error;
        if (told === fresh) told = before;
      });
      return told;
    }
    for (const part of parts) told.asked.add(part);
    return told;
  };
  const wiringOf = async (one: Told): Promise<Picture> => {
    one.wiring ??= parsePicture(await one.frames, { host, privileged, isWhole: false });
    return one.wiring;
  };
  /** Said at once behind the first call, whose namespaces it is about. */
  const wholeOf = async (one: Told): Promise<Picture> => {
    const rest = call('rules, sockets and switches', restCall);
    rest.catch(() => {});
    const frames = await one.frames;
    try {
      return parsePicture([...frames, ...(await rest)], { host, privileged, isWhole: true });
    } catch (error) {
      const { netns, gaps } = await wiringOf(one);
      const gap = { source: 'ssh', reason: 'vanished' as const, detail: (error as Error).message };
      return { netns, gaps: [...gaps, gap] };
    }
  };
  return {
    picture: async (question) => {
      const one = await tell(question.parts.map((part) => (part === 'briefLinks' ? 'links' : part)));
      if (!wantsRest(question)) return wiringOf(one);
      one.whole ??= wholeOf(one);
      return one.whole;
    },
    engines: async ({ engine, socket, only }) => {
      if (engine === 'none') return { value: [], gaps: [] };
      const frames =
        only === undefined
          ? await (await tell(['engines'])).frames
          : await call('engines: what changed', enginesCall({ socket: socket ?? '', ...only }));
      const { engines, gaps } = parseEngines(frames, engine);
      return { value: engines.filter((one) => socket === undefined || one.socket === socket), gaps };
    },
    containerFiles: async (containers) => {
      const frames = await call('files of containers', filesCall);
      return answerFiles(parseFiles(frames), containers);
    },
  };
};
