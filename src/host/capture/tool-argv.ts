/** tcpdump and dumpcap: how each is told what to copy, and what it says about it. */
import type { GapReason } from '../../model/gap.ts';
import type { TapCounts } from './capture-order.ts';

export type ToolName = 'tcpdump' | 'dumpcap';

export interface ToolOrder {
  readonly program: string;
  readonly ifname: string;
  readonly snapLength: number;
  readonly promiscuous: boolean;
  readonly filter?: string;
  /** KiB the kernel may fill before it drops. */
  readonly bufferKib: number;
}

/** A pcap stream on standard output, each packet at once, in the kernel's nanoseconds (dumpcap: microseconds). */
export const toolArgv = (name: ToolName, order: ToolOrder): readonly string[] => {
  const { program, ifname, snapLength, promiscuous, filter, bufferKib } = order;
  const common = [...(promiscuous ? [] : ['-p']), '-i', ifname, '-s', String(snapLength), '-w', '-'];
  switch (name) {
    case 'tcpdump':
      return [
        program,
        '-n',
        '-U',
        '--immediate-mode',
        '--time-stamp-precision=nano',
        '-B',
        String(bufferKib),
        ...common,
        // What follows is never an option, whatever it begins with.
        ...(filter === undefined ? [] : ['--', filter]),
      ];
    case 'dumpcap':
      return [
        program,
        '-P',
        '-B',
        String(Math.max(1, Math.round(bufferKib / 1024))),
        ...common,
        ...(filter === undefined ? [] : ['-f', filter]),
      ];
  }
};

/** Names that libpcap takes for something else than a link, or for a position in its own list. */
const otherMeanings = /^(?:any$|\d+$|nflog|nfqueue|usbmon|bluetooth|dbus-|netmap:|vale|rdma|dag\d|rpcap:|\\)/;

export const canName = (ifname: string): boolean => !otherMeanings.test(ifname);

/** Said once the filter is in force and the kernel copies packets: tcpdump.c and dumpcap.c print it after that, and not before. */
const readyWords: Readonly<Record<ToolName, RegExp>> = {
  tcpdump: /^(?:\S+: )?listening on /m,
  dumpcap: /^File: /m,
};

export const isReady = (name: ToolName, said: string): boolean => readyWords[name].test(said);

const last = (text: string, pattern: RegExp): number | undefined => {
  const found = [...text.matchAll(pattern)].at(-1)?.[1];
  return found === undefined ? undefined : Number(found);
};

/** The latest it has told; undefined when it has not, as after a SIGKILL. */
export const readCounts = (name: ToolName, said: string): TapCounts | undefined => {
  if (name === 'dumpcap') {
    const counts = [...said.matchAll(/^Packets received\/dropped on interface .*: (\d+)\/(\d+) \(/gm)].at(-1);
    // Its first number leaves out what was dropped.
    return counts === undefined
      ? undefined
      : { received: Number(counts[1]) + Number(counts[2]), dropped: Number(counts[2]) };
  }
  const received = last(said, /(\d+) packets? received by filter/g);
  const dropped = last(said, /(\d+) packets? dropped by kernel/g);
  return received === undefined || dropped === undefined ? undefined : { received, dropped };
};

const complaints: readonly (readonly [RegExp, GapReason])[] = [
  [/permission|not permitted|EPERM/i, 'forbidden'],
  [/No such device|disappeared|went down|network is down|no device named|doesn't exist|not exist/i, 'vanished'],
  [/filter|syntax error|expression|unknown (?:host|port|network)/i, 'invalid'],
];

/** Its own last words on why it did not go on, in one line. */
export const readComplaint = (said: string): { readonly reason: GapReason; readonly detail: string } | undefined => {
  const line = said
    .split('\n')
    .map((one) => one.replace(/^(?:tcpdump|dumpcap|nsenter): /, '').trim())
    .find(
      (one) =>
        one !== '' &&
        !/listening on|^File: |^Capturing on|packets? (?:captured|received|dropped)|^Packets|^Warning|verbose output|drop privs/.test(
          one,
        ),
    );
  if (line === undefined) return undefined;
  return { reason: complaints.find(([pattern]) => pattern.test(line))?.[1] ?? 'invalid', detail: line };
};
