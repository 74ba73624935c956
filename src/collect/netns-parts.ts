/** Which parts of a netns are cheap to read and make the wiring, and which follow later. */
import type { NetnsPart } from '../host/host.ts';

/** Read natively in one visit of each netns: enough for names, wires, addresses and routes. */
export const wiringParts: readonly NetnsPart[] = [
  'links',
  'addresses',
  'routes',
  'policyRules',
  'neighbours',
  'fdb',
  'vlans',
];

/** Read from many files of /proc, or by tools. */
export const laterParts: readonly NetnsPart[] = ['sysctls', 'sockets', 'conntrack', 'ruleset'];

export const allParts: readonly NetnsPart[] = [...wiringParts, ...laterParts];
