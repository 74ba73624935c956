/** Answers questions from whole pictures: each part of one is told once, and whoever asks again has a new one taken. */
import type { HostId } from '../../../model/ids.ts';
import type { Answer, ContainerFiles, EngineAnswers, NetnsPart, Questions } from '../../host.ts';
import type { Frame } from '../frames.ts';
import { enginesCall, filesCall, wholeCall } from '../remote/compose-script.ts';
import { parseEngines } from './parse-engines.ts';
import { answerFiles, parseFiles } from './parse-files.ts';
import { type Picture, parsePicture } from './parse-picture.ts';

export interface Teller {
  picture(parts: readonly NetnsPart[]): Promise<Picture>;
  engines(question: Questions['engines']['question']): Promise<Answer<readonly EngineAnswers[]>>;
  containerFiles(
    containers: Questions['containerFiles']['question']['containers'],
  ): Promise<Answer<readonly ContainerFiles[]>>;
}

interface Told {
  readonly frames: Promise<readonly Frame[]>;
  readonly asked: Set<string>;
  picture?: Picture;
}

type Call = (what: string, script: string) => Promise<readonly Frame[]>;

/** Of a line that is lost the last whole picture is told, however often it is asked for. */
export const createTeller = (host: HostId, privileged: boolean, call: Call): Teller => {
  const take = (): Told => {
    const frames = call('everything, in one round trip', wholeCall);
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
        if (before.picture === undefined) throw error;
        if (told === fresh) told = before;
      });
      return told;
    }
    for (const part of parts) told.asked.add(part);
    return told;
  };
  return {
    picture: async (parts) => {
      const one = await tell(parts.map((part) => (part === 'briefLinks' ? 'links' : part)));
      one.picture ??= parsePicture(await one.frames, host, privileged, undefined);
      return one.picture;
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
      const isTold = told.asked.has('files');
      told.asked.add('files');
      const frames = isTold ? await call('files of containers', filesCall) : await told.frames;
      return answerFiles(parseFiles(frames), containers);
    },
  };
};
