/** Asks one engine for everything it knows about containers and networks. */
import type { EngineKind } from '../../model/container.ts';
import type { Gap } from '../../model/gap.ts';
import { limitConcurrency } from '../../std/limit-concurrency.ts';
import type { EngineAnswers } from '../host.ts';
import type { ApiOutcome, EngineApi } from './engine-api.ts';
import { engineGap } from './engine-gap.ts';

export interface EngineReading {
  /** Absent when there is no engine, or not one of the kind wanted. */
  readonly answers?: EngineAnswers;
  readonly gaps: readonly Gap[];
}

export interface ReadEngineOptions {
  readonly api: EngineApi;
  readonly socket: string;
  readonly pid?: number;
  /** Only an engine of this kind counts. */
  readonly kind?: EngineKind;
  readonly only?: { readonly containers: readonly string[]; readonly networks: readonly string[] };
}

/** The newest API whose answers we know; a newer engine is asked in this one as long as it still speaks it. */
const newestKnownApi = '1.51';
const inspectsAtOnce = 8;

export async function readEngine(options: ReadEngineOptions): Promise<EngineReading> {
  const { api, socket, only } = options;
  const gaps: Gap[] = [];
  const note = (source: string, outcome: ApiOutcome) => {
    const gap = engineGap(source, socket, outcome);
    if (gap !== undefined) gaps.push(gap);
  };
  api.speakVersion(undefined);
  const version = await api.get('/version');
  note('engine /version', version);
  if (version.end !== 'answered') return { gaps };
  const kind = kindOf(version.json);
  if (options.kind !== undefined && options.kind !== kind) return { gaps };
  api.speakVersion(chooseApiVersion(version.json));
  const ask = async (path: string): Promise<unknown> => {
    const outcome = await api.get(path);
    note(`${kind} ${path}`, outcome);
    return outcome.end === 'answered' ? outcome.json : undefined;
  };
  const inspectAll = async (what: 'containers' | 'networks', list: Promise<readonly string[]>) => {
    const paths = (await list).map((id) => (what === 'containers' ? `/containers/${id}/json` : `/networks/${id}`));
    const outcomes = await limitConcurrency(paths, inspectsAtOnce, (path) => api.get(path));
    return outcomes.flatMap((outcome, index) => {
      // Gone between the list and now: it is not there, which is no gap.
      if (outcome.end === 'refused' && outcome.status === 404) return [];
      note(`${kind} ${paths[index]}`, outcome);
      return outcome.end === 'answered' ? [outcome.json] : [];
    });
  };
  const ids = async (path: string) => idsOf(await ask(path));
  const [info, containers, networks] = await Promise.all([
    ask('/info'),
    inspectAll(
      'containers',
      only === undefined ? ids('/containers/json?all=1') : Promise.resolve(safeIds(only.containers)),
    ),
    inspectAll('networks', only === undefined ? ids('/networks') : Promise.resolve(safeIds(only.networks))),
  ]);
  const pid = options.pid === undefined ? {} : { pid: options.pid };
  return { answers: { kind, socket, ...pid, version: version.json, info, containers, networks }, gaps };
}

/** Podman says so among its components; Docker calls itself `Engine`. */
export function kindOf(version: unknown): EngineKind {
  const components = (version as { readonly Components?: unknown } | null)?.Components;
  const names = Array.isArray(components) ? components.map((one: { readonly Name?: unknown } | null) => one?.Name) : [];
  return names.includes('Podman Engine') ? 'podman' : 'docker';
}

/** undefined: let the engine choose. */
export function chooseApiVersion(version: unknown): string | undefined {
  const { ApiVersion: newest, MinAPIVersion: oldest } = (version ?? {}) as {
    readonly ApiVersion?: unknown;
    readonly MinAPIVersion?: unknown;
  };
  if (typeof newest !== 'string' || !/^\d+\.\d+$/.test(newest)) return undefined;
  if (compareVersions(newest, newestKnownApi) <= 0) return newest;
  const tooOld = typeof oldest === 'string' && /^\d+\.\d+$/.test(oldest) && compareVersions(newestKnownApi, oldest) < 0;
  return tooOld ? oldest : newestKnownApi;
}

function compareVersions(a: string, b: string): number {
  const [[a1 = 0, a2 = 0], [b1 = 0, b2 = 0]] = [a.split('.').map(Number), b.split('.').map(Number)];
  return a1 - b1 || a2 - b2;
}

function idsOf(list: unknown): readonly string[] {
  if (!Array.isArray(list)) return [];
  return safeIds(list.map((item: { readonly Id?: unknown; readonly id?: unknown } | null) => item?.Id ?? item?.id));
}

/** Ids become part of a path: anything else than an id stays out of it. */
function safeIds(ids: readonly unknown[]): readonly string[] {
  return ids.filter((id): id is string => typeof id === 'string' && /^[a-z0-9]{1,128}$/i.test(id));
}
