/** Whose address it is, in one word, where exactly one netns of the picture has it. */
import type { Graph } from '../graph/graph.ts';
import type { NetnsId } from '../model/ids.ts';
import { canonicalAddress } from '../std/canonical-address.ts';
import { printable } from '../std/printable.ts';

/** Everybody's own. */
const isEverybodys = (address: string): boolean => address.startsWith('127.') || address === '::1';

/** Docker's resolver answers in each container under this address. */
const resolver = '127.0.0.11';

/** undefined: nobody has it, or several netns do, so that a name would be a guess. */
export const nameAddresses = (graph: Graph): ((address: string) => string | undefined) => {
  const owners = new Map<string, NetnsId | 'several'>();
  for (const link of graph.links.values())
    for (const { local } of link.addresses) {
      const address = canonicalAddress(local);
      if (address === undefined || isEverybodys(address)) continue;
      const known = owners.get(address);
      owners.set(address, known === undefined || known === link.netns ? link.netns : 'several');
    }
  const names = new Map<string, string>([[resolver, 'embedded-dns']]);
  for (const [address, owner] of owners) {
    const node = owner === 'several' ? undefined : graph.netns.get(owner);
    if (node !== undefined) names.set(address, printable(node.name));
  }
  return (address) => names.get(address);
};
