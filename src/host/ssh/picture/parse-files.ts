/** resolv.conf and hosts of containers, as `grep -H` told them line by line. */
import type { Gap } from '../../../model/gap.ts';
import type { ContainerFiles } from '../../host.ts';
import { type Frame, findBody } from '../frames.ts';

export interface PidFiles {
  readonly resolvConf?: string;
  readonly hosts?: string;
}

export interface ParsedFiles {
  readonly byPid: ReadonlyMap<number, PidFiles>;
  /** Pids of which a file is a link: not followed, because it could lead out of the container. */
  readonly linked: ReadonlySet<number>;
}

const linePattern = /^\/proc\/(\d+)\/root\/etc\/(resolv\.conf|hosts):(.*)$/;

export const parseFiles = (frames: readonly Frame[]): ParsedFiles => {
  const byPid = new Map<number, { resolvConf?: string; hosts?: string }>();
  for (const line of (findBody(frames, 'files') ?? '').split('\n')) {
    const [, pid, file, text = ''] = linePattern.exec(line) ?? [];
    if (pid === undefined) continue;
    const files = byPid.get(Number(pid)) ?? {};
    byPid.set(Number(pid), files);
    const key = file === 'hosts' ? 'hosts' : 'resolvConf';
    files[key] = `${files[key] ?? ''}${text}\n`;
  }
  const linked = new Set<number>();
  for (const line of (findBody(frames, 'links') ?? '').split('\n')) {
    const pid = /^\/proc\/(\d+)\//.exec(line)?.[1];
    if (pid !== undefined) linked.add(Number(pid));
  }
  return { byPid, linked };
};

export const answerFiles = (
  { byPid, linked }: ParsedFiles,
  containers: readonly { readonly fullId: string; readonly pid: number }[],
): { readonly value: readonly ContainerFiles[]; readonly gaps: readonly Gap[] } => ({
  value: containers.map(({ fullId, pid }) => ({ fullId, ...byPid.get(pid) })),
  gaps: containers
    .filter(({ pid }) => linked.has(pid))
    .map(({ fullId }) => ({
      source: `files of ${fullId.slice(0, 12)}`,
      reason: 'unsupported',
      detail: 'resolv.conf or hosts is a link, which is not followed from outside',
    })),
});
