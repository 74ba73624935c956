/** Reads again what the other machine's kernel says has changed, a moment after it said so. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { Netns } from '../../../model/netns.ts';
import type { HostEvent } from '../../host.ts';
import type { Line } from '../line/open-line.ts';
import type { Picture } from '../picture/parse-picture.ts';
import { compareNetns } from './compare-netns.ts';
import { followLines } from './follow-lines.ts';
import { kernelScript, rulesScript } from './kernel-script.ts';
import { parseMonitorLine } from './parse-monitor.ts';

export interface KernelFollowing {
  stop(): void;
}

export interface FollowKernelOptions {
  readonly line: Line;
  readonly hasNft: boolean;
  readonly known: () => ReadonlyMap<NetnsId, Netns>;
  /** Reads the netns with these inodes, and which others there are. */
  readonly read: (inodes: readonly number[]) => Promise<Picture>;
  readonly tell: (events: readonly HostEvent[]) => void;
}

/** Changes come in bursts: what is still going on is not worth reading. */
const settleMs = 150;
/** Reading costs processes over there. */
const restMs = 500;
/** No netns has it: only which there are is told. */
const none = 1;

const isRead = ({ links }: Netns): boolean => links !== undefined;

export const followKernel = ({ line, hasNft, known, read, tell }: FollowKernelOptions): KernelFollowing => {
  const changed = new Set<number>();
  let discover = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let busy = false;
  let stopped = false;

  const own = (): Netns | undefined => [...known().values()].find(({ isHost }) => isHost);
  const look = (): void => {
    if (timer === undefined && !busy && !stopped) timer = setTimeout(() => void readChanged(), settleMs);
  };
  const note = (inode: number | undefined): void => {
    if (inode === undefined) discover = true;
    else changed.add(inode);
    look();
  };
  const inodeOf = (nsid: 'current' | number): number | undefined => {
    if (nsid === 'current') return own()?.inode;
    const id = own()?.nsids.find((one) => one.nsid === nsid)?.netns;
    return id === undefined ? undefined : known().get(id)?.inode;
  };

  const readChanged = async (): Promise<void> => {
    timer = undefined;
    busy = true;
    const wanted = [...changed];
    changed.clear();
    discover = false;
    try {
      await lookAgain(wanted);
    } catch {
      // The line was lost: whoever keeps it tells so.
    }
    setTimeout(() => {
      busy = false;
      if (changed.size > 0 || discover) look();
    }, restMs);
  };

  const lookAgain = async (wanted: readonly number[]): Promise<void> => {
    const before = new Map(known());
    const picture = await read(wanted.length === 0 ? [none] : wanted);
    const born = picture.netns.filter(({ id, inode }) => inode > 0 && !before.has(id) && !wanted.includes(inode));
    const bornPicture: Picture =
      born.length === 0 ? { netns: [], gaps: [] } : await read(born.map(({ inode }) => inode));
    if (stopped) return;
    const isBorn = new Set(born.map(({ id }) => id));
    const now = [
      ...picture.netns.filter(({ id }) => !isBorn.has(id)),
      ...bornPicture.netns.filter(({ id }) => isBorn.has(id)),
    ];
    const present = new Set(now.map(({ id }) => id));
    const events: HostEvent[] = [];
    for (const id of before.keys()) if (!present.has(id)) events.push({ kind: 'netns-gone', id });
    for (const one of now) {
      const old = before.get(one.id);
      if (old === undefined) {
        if (isRead(one) || one.inode === 0) events.push({ kind: 'netns-appeared', netns: one });
      } else events.push(...compareNetns(old, one));
    }
    events.push(...[...picture.gaps, ...bornPicture.gaps].map((gap: Gap): HostEvent => ({ kind: 'gap', gap })));
    if (events.length > 0) tell(events);
  };

  const tellEnd = (source: string): void =>
    tell([{ kind: 'gap', gap: { source, reason: 'vanished', detail: 'it ended over there: refresh by hand' } }]);
  const kernel = followLines(
    line,
    kernelScript,
    (text) => {
      const heard = parseMonitorLine(text);
      if (heard !== undefined) note(heard.kind === 'numbers' ? undefined : inodeOf(heard.nsid));
    },
    () => tellEnd('ip monitor'),
  );
  const rules = hasNft
    ? followLines(
        line,
        rulesScript,
        () => note(own()?.inode),
        () => tellEnd('nft monitor'),
      )
    : undefined;
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      kernel.stop();
      rules?.stop();
    },
  };
};
