/** Tables of ours in every netns of a path, or why there are none. */
import type { Gap } from '../../../model/gap.ts';
import { modulePresence } from '../../netlink/kernel/modules.ts';
import type { Place } from './place-door.ts';
import { type FlowMark, makeTraceTable, type TraceTable } from './trace-table.ts';

export interface ArmedTables {
  readonly tables: readonly { readonly place: Place; readonly table: TraceTable }[];
  readonly gaps: readonly Gap[];
}

export const armTables = async (
  nft: string | undefined,
  places: readonly Place[],
  family: 4 | 6,
  mark: FlowMark,
): Promise<ArmedTables> => {
  const missing = (detail: string, howToSee?: string): ArmedTables => ({
    tables: [],
    gaps: [{ source: 'rule trace', reason: 'missing', detail, ...(howToSee === undefined ? {} : { howToSee }) }],
  });
  if (nft === undefined) return missing('nft is not installed', 'install nftables');
  if (modulePresence()('nf_tables') === 'absent') return missing('this kernel has no nf_tables loaded');
  const made = await Promise.all(
    places.map(async (place) => ({ place, table: await makeTraceTable(nft, place, family, mark) })),
  );
  return {
    tables: made.flatMap(({ place, table }) => ('error' in table ? [] : [{ place, table }])),
    gaps: made.flatMap(({ place, table }): readonly Gap[] =>
      'error' in table
        ? [{ source: 'rule trace', netns: place.netns, reason: 'forbidden', detail: `nft: ${table.error}` }]
        : [],
    ),
  };
};
