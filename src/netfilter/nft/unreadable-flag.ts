/** A table flag that was not printed sensibly: nft 1.0.6 writes stray memory instead of `dormant` and `owner` in its JSON. */
import type { Table } from '../../model/ruleset.ts';

export const unreadableFlag = 'unreadable';

/** Its chains run, unless the table is dormant: that cannot be told. */
export const mayBeDormant = (table: Table): boolean => table.flags?.includes(unreadableFlag) === true;
