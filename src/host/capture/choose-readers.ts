/** Who reads each tap: the tool that is wanted and there, our own reader otherwise. */

import type { CaptureGround } from './capture-ground.ts';
import type { CaptureOrder, CaptureRefused } from './capture-order.ts';
import type { Filter } from './native/filter.ts';
import { parseFilter } from './native/parse-filter.ts';
import { canName, type ToolName } from './tool-argv.ts';

export type ReaderName = ToolName | 'native';

export interface ChosenReaders {
  /** By position of the tap. */
  readonly readers: readonly ReaderName[];
  /** For the native ones; absent: everything. */
  readonly filter?: Filter;
}

const preferred = (tools: CaptureGround['tools']): ReaderName => {
  if (tools['tcpdump'] !== undefined) return 'tcpdump';
  return tools['dumpcap'] === undefined ? 'native' : 'dumpcap';
};

/** The tools stand in for one thing only: a link whose name they would take for something else. */
const readerOf = (wanted: ReaderName, ifname: string): ReaderName =>
  wanted === 'native' || canName(ifname) ? wanted : 'native';

/** What cannot be done is refused here, before anything starts. */
export const chooseReaders = (order: CaptureOrder, tools: CaptureGround['tools']): ChosenReaders | CaptureRefused => {
  const { reader = 'auto', filter: words } = order;
  const wanted = reader === 'auto' ? preferred(tools) : reader;
  if (wanted !== 'native' && tools[wanted] === undefined)
    return { error: `${wanted} is not installed`, reason: 'missing' };
  const readers = order.taps.map(({ ifname }) => readerOf(wanted, ifname));
  if (words === undefined || !readers.includes('native')) return { readers };
  const filter = parseFilter(words);
  if (filter === undefined) return { readers };
  return 'error' in filter ? { error: `filter: ${filter.error}`, reason: 'invalid' } : { readers, filter };
};
