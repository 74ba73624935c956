/** A host that answers from a recording: a folder or a .tar.gz; nothing can be changed or followed there. */
import { basename } from 'node:path';
import type { Command, CommandResult } from '../model/change.ts';
import type { Gap } from '../model/gap.ts';
import type { HostId } from '../model/ids.ts';
import type { Netns } from '../model/netns.ts';
import type {
  Answer,
  AnswerTo,
  AskedEntry,
  EngineAnswers,
  Following,
  Host,
  NetnsPart,
  Question,
  Questions,
} from './host.ts';
import { loadFileTree } from './recording/file-tree.ts';
import type { FileTree } from './recording/layout.ts';
import { parseRecording } from './recording/parse-recording.ts';
import type { RecordedAnswers } from './recording/recorded-answers.ts';
import { splitHosts } from './recording/split-hosts.ts';

/** Rejects with one line of reason when `path` holds nothing that could be a recording. `id` renames the host. */
export async function openRecording(path: string, id?: HostId): Promise<RecordedHost> {
  const hosts = await openRecordings(path, id === undefined ? undefined : () => id);
  if (hosts.length > 1)
    throw new Error(`several hosts there (${hosts.map((host) => host.id).join(', ')}): name the folder of one`);
  return hosts[0]!;
}

/** Every host whose files are at `path` or in folders below it. `rename`: what a host is to be called instead. */
export async function openRecordings(
  path: string,
  rename: (id: HostId) => HostId | undefined = () => undefined,
): Promise<readonly RecordedHost[]> {
  const { files, gaps } = await loadFileTree(path);
  const found = splitHosts(files);
  const itself = basename(path).replace(/\.(tar\.gz|tgz)$/, '');
  const hosts = (found.length === 0 ? [{ name: '', files }] : found).map((host) => {
    const name = host.name === '' ? itself : host.name;
    const answers = parseFiles(host.files, name, undefined);
    const other = rename(answers.host);
    const own = other === undefined ? answers : parseFiles(host.files, name, other);
    return new RecordedHost({ ...own, gaps: { ...own.gaps, host: [...gaps, ...own.gaps.host] } });
  });
  return hosts;
}

function parseFiles(files: FileTree, name: string, id: HostId | undefined): RecordedAnswers {
  const answers = parseRecording(files, name, id);
  if (answers.netns.length === 0 && answers.engines.length === 0 && !files.has('host.json'))
    throw new Error('no recording there (no host.json, links.json, netns/ or engines/)');
  return answers;
}

export class RecordedHost implements Host {
  readonly id: HostId;
  readonly live = false;
  readonly recordedAt?: string;
  readonly #answers: RecordedAnswers;
  readonly #listeners: ((entry: AskedEntry) => void)[] = [];

  constructor(answers: RecordedAnswers) {
    this.id = answers.host;
    if (answers.recordedAt !== undefined) this.recordedAt = answers.recordedAt;
    this.#answers = answers;
  }

  ask<Q extends Question>(question: Q): Promise<Answer<AnswerTo<Q>>> {
    this.#tell(question);
    const value = answerFrom(this.#answers, question) as AnswerTo<Q>;
    const unrecorded =
      question.about === 'netns'
        ? (value as readonly Netns[]).flatMap((one) => findUnrecorded(one, question.parts))
        : [];
    return Promise.resolve({ value, gaps: [...this.#answers.gaps[question.about], ...unrecorded] });
  }

  async follow(): Promise<Following> {
    return {
      gaps: [{ source: 'follow', reason: 'unsupported', detail: 'a recording does not change' }],
      stop: async () => {},
    };
  }

  async change(command: Command): Promise<CommandResult> {
    return { command, exitCode: 126, stdout: '', stderr: 'this is a recording: nothing can be changed', durationMs: 0 };
  }

  onAsked(listener: (entry: AskedEntry) => void): void {
    this.#listeners.push(listener);
  }

  async close(): Promise<void> {
    this.#listeners.length = 0;
  }

  #tell(question: Question): void {
    const entry: AskedEntry = {
      at: new Date().toISOString(),
      what: `recording: ${question.about}`,
      durationMs: 0,
      outcome: this.#answers.gaps[question.about].length > 0 ? 'gap' : 'ok',
    };
    for (const listener of this.#listeners) listener(entry);
  }
}

function answerFrom(answers: RecordedAnswers, question: Question): unknown {
  switch (question.about) {
    case 'host':
      return answers.facts;
    case 'netns': {
      const { only, parts } = question;
      return answers.netns
        .filter((netns) => only === undefined || only.includes(netns.id))
        .map((netns) => withParts(netns, parts));
    }
    case 'engines':
      return answers.engines
        .filter(({ kind }) => question.engine === undefined || kind === question.engine)
        .filter(({ socket }) => question.socket === undefined || socket === question.socket)
        .map((engine) => (question.only === undefined ? engine : withOnly(engine, question.only)));
    case 'openVswitch':
      return answers.openVswitch ?? null;
    case 'containerFiles': {
      const wanted = new Set(question.containers.map((container) => container.fullId));
      return answers.containerFiles.filter((files) => wanted.has(files.fullId));
    }
  }
}

function withOnly(engine: EngineAnswers, only: NonNullable<Questions['engines']['question']['only']>): EngineAnswers {
  const named = (ids: readonly string[]) => (json: unknown) =>
    ids.includes((json as { readonly Id?: string } | null)?.Id ?? '');
  return {
    ...engine,
    containers: engine.containers.filter(named(only.containers)),
    networks: engine.networks.filter(named(only.networks)),
  };
}

/** Part of a question → the fields of a Netns it fills. */
const fieldsOf: Readonly<Record<NetnsPart, readonly (keyof Netns)[]>> = {
  links: ['links'],
  briefLinks: ['links'],
  addresses: ['addresses'],
  routes: ['routes', 'routes6'],
  policyRules: ['policyRules'],
  neighbours: ['neighbours'],
  fdb: ['fdb'],
  vlans: ['vlans'],
  sysctls: ['sysctls'],
  sockets: ['sockets', 'ipvs'],
  conntrack: ['conntrack'],
  ruleset: ['ruleset'],
};

/** Of a netns known by an nsid alone hardly anything could be read, and its own gap says so. */
function findUnrecorded(netns: Netns, parts: readonly NetnsPart[]): readonly Gap[] {
  const missing = parts.filter((part) => fieldsOf[part].every((field) => netns[field] === undefined));
  if (missing.length === 0 || netns.holders.some(({ kind }) => kind === 'nsid')) return [];
  return [{ source: 'recording', netns: netns.id, reason: 'missing', detail: `not recorded: ${missing.join(', ')}` }];
}

function withParts(netns: Netns, parts: readonly NetnsPart[]): Netns {
  const wanted = new Set<string>(parts.flatMap((part) => fieldsOf[part]));
  const known = new Set<string>(Object.values(fieldsOf).flat());
  return Object.fromEntries(
    Object.entries(netns).filter(([field]) => wanted.has(field) || !known.has(field)),
  ) as unknown as Netns;
}
