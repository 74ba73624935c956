/** What a recording holds of Open vSwitch: our own file, or the tables as ovs-vsctl prints them. */
import * as z from 'zod/mini';
import type { OvsAnswer } from '../host.ts';
import type { FileTree } from './layout.ts';
import { parseOne } from './parse-netns.ts';

const ownSchema = z.object({
  tables: z.record(z.string(), z.array(z.unknown())),
  flows: z.record(z.string(), z.string()),
});
/** `ovs-vsctl --format=json list TABLE`: columns named once, rows as lists. */
const printedSchema = z.object({ headings: z.array(z.string()), data: z.array(z.array(z.unknown())) });

const tables = ['Bridge', 'Port', 'Interface'];

export function parseRecordedOvs(
  files: FileTree,
  refuse: (file: string) => (detail: string) => void,
): OvsAnswer | undefined {
  const own = parseOne(files.get('open-vswitch.json'), ownSchema, refuse('open-vswitch.json'));
  if (own !== undefined) return own;
  const printed = tables.flatMap((table) => {
    const file = `ovs-${table}.json`;
    const list = parseOne(files.get(file), printedSchema, refuse(file));
    if (list === undefined) return [];
    const rows = list.data.map((row) => Object.fromEntries(list.headings.map((heading, at) => [heading, row[at]])));
    return [[table, rows] as const];
  });
  if (printed.length === 0) return undefined;
  const flows = [...files].flatMap(([path, text]) => {
    const bridge = /^ovs-flows-(.+)\.txt$/.exec(path)?.[1];
    return bridge === undefined ? [] : [[bridge, text] as const];
  });
  return { tables: Object.fromEntries(printed), flows: Object.fromEntries(flows) };
}
