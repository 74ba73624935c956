/** What ICMP and ICMPv6 types and codes mean (IANA's registries, in the words of their RFCs). */

const unreachable: readonly string[] = [
  'network unreachable',
  'host unreachable',
  'protocol unreachable',
  'port unreachable',
  'fragmentation needed',
  'source route failed',
  'destination network unknown',
  'destination host unknown',
  'source host isolated',
  'network administratively prohibited',
  'host administratively prohibited',
  'network unreachable for this class',
  'host unreachable for this class',
  'administratively prohibited',
  'host precedence violation',
  'precedence cutoff',
];

const icmpTypes: Readonly<Record<number, string | readonly string[]>> = {
  0: 'echo reply',
  3: unreachable,
  4: 'source quench',
  5: ['redirect for network', 'redirect for host', 'redirect for class and network', 'redirect for class and host'],
  8: 'echo request',
  9: 'router advertisement',
  10: 'router solicitation',
  11: ['time exceeded in transit', 'fragment reassembly time exceeded'],
  12: 'parameter problem',
  13: 'timestamp request',
  14: 'timestamp reply',
  17: 'address mask request',
  18: 'address mask reply',
  42: 'extended echo request',
  43: 'extended echo reply',
};

const icmpv6Types: Readonly<Record<number, string | readonly string[]>> = {
  1: [
    'no route to destination',
    'administratively prohibited',
    'beyond scope of source',
    'address unreachable',
    'port unreachable',
    'source address failed policy',
    'route rejected',
  ],
  2: 'packet too big',
  3: ['time exceeded in transit', 'fragment reassembly time exceeded'],
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
  130: 'multicast listener query',
  131: 'multicast listener report',
  132: 'multicast listener done',
  133: 'router solicitation',
  134: 'router advertisement',
  135: 'neighbour solicitation',
  136: 'neighbour advertisement',
  137: 'redirect',
  143: 'multicast listener report v2',
};

export const nameIcmp = (family: 4 | 6, type: number, code: number): string => {
  const known = (family === 4 ? icmpTypes : icmpv6Types)[type];
  if (known === undefined) return `type ${type} code ${code}`;
  return typeof known === 'string' ? known : (known[code] ?? `${known[0]} (code ${code})`);
};

/** Errors quote the packet they are about. */
export const isIcmpError = (family: 4 | 6, type: number): boolean =>
  family === 4 ? type === 3 || type === 4 || type === 5 || type === 11 || type === 12 : type < 128;
