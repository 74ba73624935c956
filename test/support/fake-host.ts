/** A host that answers as a test says, question by question. */
import type { Answer, AnswerTo, Following, Host, HostEvent, Question } from '../../src/host/host.ts';
import { type HostId, hostId, netnsId } from '../../src/model/ids.ts';
import type { Netns } from '../../src/model/netns.ts';
import type { HostFacts } from '../../src/model/snapshot.ts';

export const fakeHostId: HostId = hostId('h');

type Replies = { readonly [About in Question['about']]?: (question: Extract<Question, { about: About }>) => unknown };

export interface FakeHost extends Host {
  /** Questions in order. */
  readonly asked: Question[];
  /** Tells events to whoever follows. */
  readonly happen: (...events: readonly HostEvent[]) => void;
  readonly followed: () => boolean;
}

/** A reply is a value, an Answer, or a promise of one; without a reply the answer is empty. */
export function fakeHost(replies: Replies): FakeHost {
  const asked: Question[] = [];
  let listener: ((events: readonly HostEvent[]) => void) | undefined;
  return {
    id: fakeHostId,
    live: true,
    asked,
    happen: (...events) => listener?.(events),
    followed: () => listener !== undefined,
    ask: async <Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> => {
      asked.push(question);
      const reply = replies[question.about] as ((question: Question) => unknown) | undefined;
      const value = await (reply === undefined ? emptyAnswer(question) : reply(question));
      return (isAnswer(value) ? value : { value, gaps: [] }) as Answer<AnswerTo<Q>>;
    },
    follow: async (_, heard): Promise<Following> => {
      listener = heard;
      return {
        gaps: [],
        stop: async () => {
          listener = undefined;
        },
      };
    },
    change: async (command) => ({ command, exitCode: 1, stdout: '', stderr: 'a fake', durationMs: 0 }),
    onAsked: () => {},
    close: async () => {},
  };
}

export const facts: HostFacts = { id: fakeHostId, hostname: 'h', kernel: '6.1', uid: 0, privileged: true, tools: {} };

/** A netns by its inode, 1 being the host's own, with processes `pids` in it. */
export function fakeNetns(inode: number, pids: readonly number[] = [], more: Partial<Netns> = {}): Netns {
  return {
    id: netnsId(fakeHostId, 4, inode),
    dev: 4,
    inode,
    isHost: inode === 1,
    names: [],
    holders: pids.map((pid) => ({ kind: 'process', pid, comm: 'x' })),
    nsids: [],
    ...more,
  };
}

function emptyAnswer(question: Question): unknown {
  if (question.about === 'openVswitch') return null;
  return question.about === 'host' ? facts : [];
}

function isAnswer(value: unknown): value is Answer<unknown> {
  return typeof value === 'object' && value !== null && 'gaps' in value && !('id' in value);
}
