/** IFF_* of a link → the words ip prints. */
const IFF_UP = 1;
const IFF_POINTOPOINT = 0x10;
const IFF_RUNNING = 0x40;
/** In the order ip prints them. */
const flagNames: readonly (readonly [number, string])[] = [
  [8, 'LOOPBACK'],
  [2, 'BROADCAST'],
  [IFF_POINTOPOINT, 'POINTOPOINT'],
  [0x1000, 'MULTICAST'],
  [0x80, 'NOARP'],
  [0x200, 'ALLMULTI'],
  [0x100, 'PROMISC'],
  [0x400, 'MASTER'],
  [0x800, 'SLAVE'],
  [4, 'DEBUG'],
  [0x8000, 'DYNAMIC'],
  [0x4000, 'AUTOMEDIA'],
  [0x2000, 'PORTSEL'],
  [0x20, 'NOTRAILERS'],
  [IFF_UP, 'UP'],
  [0x10000, 'LOWER_UP'],
  [0x20000, 'DORMANT'],
  [0x40000, 'ECHO'],
];

export const linkFlags = (flags: number): string[] => {
  const names = flags & IFF_UP && !(flags & IFF_RUNNING) ? ['NO-CARRIER'] : [];
  for (const [bit, name] of flagNames) if (flags & bit) names.push(name);
  return names;
};
