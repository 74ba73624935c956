/** The files of a recording → the answers it holds; what is wrong in it becomes gaps. */
import * as z from 'zod/mini';
import type { Gap } from '../../model/gap.ts';
import { type HostId, hostId, type NetnsId } from '../../model/ids.ts';
import type { HostFacts } from '../../model/snapshot.ts';
import type { ContainerFiles, EngineAnswers, Question } from '../host.ts';
import { engineSchema, gapSchema, hostSchema } from './facts-schema.ts';
import { type FileTree, listFiles, recordingFormat } from './layout.ts';
import { type ParsedTexts, parseList, parseNetns, parseOne } from './parse-netns.ts';
import { parseRecordedOvs } from './parse-recorded-ovs.ts';
import type { RecordedAnswers } from './recorded-answers.ts';

/** `name` is what the host is called when the recording does not say; `id` overrides both. */
export function parseRecording(files: FileTree, name: string, id?: HostId): RecordedAnswers {
  const troubles: Gap[] = [];
  const refuse = (file: string) => (detail: string) => {
    troubles.push({ source: `recording ${file}`, reason: 'invalid', detail });
  };
  const meta = parseOne(files.get('host.json'), hostSchema, refuse('host.json'));
  if (meta !== undefined && meta.format !== recordingFormat)
    troubles.push({
      source: 'recording host.json',
      reason: 'unsupported',
      detail: `format ${meta.format}, expected ${recordingFormat}`,
    });
  const host = id ?? hostId(meta?.facts?.hostname ?? name);
  const facts = {
    ...(meta?.facts ?? { hostname: name, kernel: '', uid: 0, privileged: true, tools: {} }),
    id: host,
  } as HostFacts;
  const known: ParsedTexts = new Map();
  const netns = netnsFolders(files).map((folder, index) => parseNetns(files, folder, host, index + 1, known));
  const engines = folders(files, 'engines/').map((folder) => parseEngineFolder(files, folder, refuse));
  const openVswitch = parseRecordedOvs(files, refuse);
  const recorded = parseGaps(files, host, refuse('gaps.json'));
  return {
    host,
    facts,
    ...(meta?.recordedAt === undefined ? {} : { recordedAt: meta.recordedAt }),
    netns: netns.map((parsed) => parsed.netns).sort((a, b) => Number(b.isHost) - Number(a.isHost)),
    engines: engines.filter((engine) => engine !== undefined),
    containerFiles: folders(files, 'containers/').map((folder) => parseContainerFolder(files, folder)),
    ...(openVswitch === undefined ? {} : { openVswitch }),
    gaps: {
      host: [...troubles, ...recorded.host],
      netns: [...netns.flatMap((parsed) => parsed.gaps), ...recorded.netns],
      engines: recorded.engines,
      containerFiles: recorded.containerFiles,
      openVswitch: recorded.openVswitch,
    },
  };
}

/** Folders below `parent`, each with its slash, in order of first sight. */
function folders(files: FileTree, parent: string): readonly string[] {
  const found = new Set<string>();
  for (const path of files.keys()) {
    const end = path.indexOf('/', parent.length);
    if (path.startsWith(parent) && end > 0) found.add(path.slice(0, end + 1));
  }
  return [...found].sort();
}

function netnsFolders(files: FileTree): readonly string[] {
  const atTop = [...Object.values(listFiles), 'iptables-save.txt', 'nft.json'].some((name) => files.has(name));
  return [...(atTop ? [''] : []), ...folders(files, 'netns/')];
}

type Refuse = (file: string) => (detail: string) => void;

function parseEngineFolder(files: FileTree, folder: string, refuse: Refuse): EngineAnswers | undefined {
  const file = <T extends z.ZodMiniType>(name: string, schema: T) =>
    parseOne(files.get(folder + name), schema, refuse(folder + name));
  const engine = file('engine.json', engineSchema) ?? { kind: 'docker' as const, socket: '' };
  const list = (name: string) => parseList(files.get(folder + name), z.unknown(), refuse(folder + name)) ?? [];
  return {
    ...(engine as Pick<EngineAnswers, 'kind' | 'socket' | 'pid' | 'settings'>),
    version: file('version.json', z.unknown()),
    info: file('info.json', z.unknown()),
    containers: list('containers.json'),
    networks: list('networks.json'),
  };
}

function parseContainerFolder(files: FileTree, folder: string): ContainerFiles {
  const resolvConf = files.get(`${folder}resolv.conf`);
  const hosts = files.get(`${folder}hosts`);
  return {
    fullId: folder.slice('containers/'.length, -1),
    ...(resolvConf === undefined ? {} : { resolvConf }),
    ...(hosts === undefined ? {} : { hosts }),
  };
}

function parseGaps(files: FileTree, host: HostId, refuse: (detail: string) => void): Record<Question['about'], Gap[]> {
  const list = z._default(z.array(gapSchema), []);
  const schema = z.object({ host: list, netns: list, engines: list, containerFiles: list, openVswitch: list });
  const gaps = parseOne(files.get('gaps.json'), schema, refuse);
  const rebase = (found: z.output<typeof list> | undefined): Gap[] =>
    (found ?? []).map(
      ({ netns, ...gap }) =>
        ({ ...gap, ...(netns === undefined ? {} : { netns: `${host}|${netns}` as NetnsId }) }) as Gap,
    );
  return {
    host: rebase(gaps?.host),
    netns: rebase(gaps?.netns),
    engines: rebase(gaps?.engines),
    containerFiles: rebase(gaps?.containerFiles),
    openVswitch: rebase(gaps?.openVswitch),
  };
}
