/** Passes every question on to another host and keeps the answers, to write them down as a recording. */
import type { Command, CommandResult } from '../model/change.ts';
import type { Gap } from '../model/gap.ts';
import type { HostId, NetnsId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import type { HostFacts } from '../model/snapshot.ts';
import type {
  Answer,
  AnswerTo,
  AskedEntry,
  ContainerFiles,
  EngineAnswers,
  Following,
  FollowOptions,
  Host,
  HostEvent,
  OvsAnswer,
  Question,
} from './host.ts';
import { saveFileTree } from './recording/file-tree.ts';
import { formatRecording } from './recording/format-recording.ts';
import type { FileTree } from './recording/layout.ts';
import type { RecordedAnswers } from './recording/recorded-answers.ts';
import { redactAnswers } from './recording/redact.ts';

export class RecordingHost implements Host {
  readonly id: HostId;
  readonly live: boolean;
  readonly recordedAt?: string;
  readonly #host: Host;
  readonly #recordedAt: string;
  #facts: HostFacts | undefined;
  readonly #netns = new Map<NetnsId, Netns>();
  readonly #engines = new Map<string, EngineAnswers>();
  readonly #files = new Map<string, ContainerFiles>();
  #openVswitch: OvsAnswer | undefined;
  readonly #gaps: Record<Question['about'], Gap[]> = {
    host: [],
    netns: [],
    engines: [],
    containerFiles: [],
    openVswitch: [],
  };

  constructor(host: Host) {
    this.id = host.id;
    this.live = host.live;
    this.#host = host;
    if (host.recordedAt !== undefined) this.recordedAt = host.recordedAt;
    this.#recordedAt = host.recordedAt ?? new Date().toISOString();
  }

  async ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> {
    const answer = await this.#host.ask(question);
    this.#gaps[question.about].push(...answer.gaps);
    if (answer.value !== undefined) this.#keep(question, answer.value);
    return answer;
  }

  follow(options: FollowOptions, listener: (events: readonly HostEvent[]) => void): Promise<Following> {
    return this.#host.follow(options, listener);
  }

  change(command: Command): Promise<CommandResult> {
    return this.#host.change(command);
  }

  onAsked(listener: (entry: AskedEntry) => void): void {
    this.#host.onAsked(listener);
  }

  close(): Promise<void> {
    return this.#host.close();
  }

  /** Writes what was answered so far: a .tar.gz when the name ends so, else a new folder. Rejects when it cannot be written. */
  async save(path: string, options: { readonly redact: boolean }): Promise<{ readonly files: number }> {
    const files = this.files(options);
    await saveFileTree(path, files);
    return { files: files.size };
  }

  files(options: { readonly redact: boolean }): FileTree {
    const answers = this.#answers();
    return formatRecording(options.redact ? redactAnswers(answers) : answers);
  }

  #answers(): RecordedAnswers {
    const facts = this.#facts ?? { id: this.id, hostname: this.id, kernel: '', uid: -1, privileged: false, tools: {} };
    const distinct = (gaps: readonly Gap[]) => [...new Map(gaps.map((gap) => [JSON.stringify(gap), gap])).values()];
    const { host, netns, engines, containerFiles, openVswitch } = this.#gaps;
    return {
      host: this.id,
      facts,
      recordedAt: this.#recordedAt,
      netns: [...this.#netns.values()],
      engines: [...this.#engines.values()],
      containerFiles: [...this.#files.values()],
      ...(this.#openVswitch === undefined ? {} : { openVswitch: this.#openVswitch }),
      gaps: {
        host: distinct(host),
        netns: distinct(netns),
        engines: distinct(engines),
        containerFiles: distinct(containerFiles),
        openVswitch: distinct(openVswitch),
      },
    };
  }

  #keep(question: Question, value: unknown): void {
    switch (question.about) {
      case 'host':
        this.#facts = value as HostFacts;
        return;
      case 'netns':
        this.#keepNetns(value as readonly Netns[], question.only !== undefined);
        return;
      case 'engines':
        // A question about some containers only confirms what is known of them.
        for (const engine of value as readonly EngineAnswers[])
          if (question.only === undefined) this.#engines.set(engine.socket, engine);
        return;
      case 'openVswitch':
        this.#openVswitch = (value as OvsAnswer | null) ?? undefined;
        return;
      case 'containerFiles':
        for (const files of value as readonly ContainerFiles[]) this.#files.set(files.fullId, files);
    }
  }

  /** A netns that a later whole answer lacks has gone; its parts of several answers belong together. */
  #keepNetns(netns: readonly Netns[], partial: boolean): void {
    const now = new Set(netns.map(({ id }) => id));
    if (!partial) for (const id of this.#netns.keys()) if (!now.has(id)) this.#netns.delete(id);
    for (const one of netns) this.#netns.set(one.id, { ...this.#netns.get(one.id), ...one });
  }
}
