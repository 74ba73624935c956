/** RTM_NEWADDR → what `ip -j -d addr` prints under `addr_info`. */
import type { AddressInfo, LinkAddresses } from '../../../model/link.ts';
import { addressText } from '../wire/address-text.ts';
import { littleEndian, readAttributes, readBytes, readText, readU8, readU32 } from '../wire/attributes.ts';
import type { Message } from '../wire/messages.ts';
import { type LinkContext, linkNameOr } from './link-context.ts';
import { nameOf } from './names.ts';

/** IFA_* of linux/if_addr.h. */
const IFA = {
  ADDRESS: 1,
  LOCAL: 2,
  LABEL: 3,
  BROADCAST: 4,
  ANYCAST: 5,
  CACHEINFO: 6,
  FLAGS: 8,
  RT_PRIORITY: 9,
  PROTO: 11,
} as const;
const AF_INET6 = 10;
const IFA_F_SECONDARY = 1;
const IFA_F_PERMANENT = 0x80;

const flagNames: readonly (readonly [number, string])[] = [
  [0x02, 'nodad'],
  [0x04, 'optimistic'],
  [0x08, 'dadfailed'],
  [0x10, 'home'],
  [0x20, 'deprecated'],
  [0x40, 'tentative'],
  [0x100, 'mngtmpaddr'],
  [0x200, 'noprefixroute'],
  [0x400, 'autojoin'],
  [0x800, 'stable-privacy'],
];

const flagFacts = (flags: number, six: boolean): Record<string, true> => {
  const facts: Record<string, true> = {};
  // Bit 0 means "secondary" for IPv4 and "temporary" for IPv6 (IFA_F_TEMPORARY is the same bit).
  if (flags & IFA_F_SECONDARY) facts[six ? 'temporary' : 'secondary'] = true;
  for (const [bit, name] of flagNames) if (flags & bit) facts[name] = true;
  if (!(flags & IFA_F_PERMANENT)) facts['dynamic'] = true;
  return facts;
};

const protocols = ['unspec', 'kernel_lo', 'kernel_ra', 'kernel_ll'];

const lifetimes = (bytes: Uint8Array | undefined): Record<string, number> => {
  if (bytes === undefined || bytes.length < 8) return {};
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8);
  return { valid_life_time: view.getUint32(4, littleEndian), preferred_life_time: view.getUint32(0, littleEndian) };
};

export interface LinkAddress {
  readonly ifindex: number;
  readonly info: AddressInfo;
}

export const decodeAddress = (view: DataView, message: Message, context: LinkContext): LinkAddress | undefined => {
  const family = view.getUint8(message.body);
  if (family !== 2 && family !== AF_INET6) return undefined;
  const attributes = readAttributes(view, message.body + 8, message.end);
  const address = readBytes(attributes, IFA.ADDRESS);
  const local = readBytes(attributes, IFA.LOCAL) ?? address;
  if (local === undefined || local.length < (family === 2 ? 4 : 16))
    throw new RangeError('address message without address');
  const text = (bytes: Uint8Array): string => addressText(bytes, family);
  const peer = address === undefined || text(address) === text(local) ? undefined : text(address);
  const metric = readU32(attributes, IFA.RT_PRIORITY);
  const broadcast = readBytes(attributes, IFA.BROADCAST);
  const anycast = readBytes(attributes, IFA.ANYCAST);
  const label = readText(attributes, IFA.LABEL);
  const protocol = readU8(attributes, IFA.PROTO);
  const info: AddressInfo = {
    family: family === 2 ? 'inet' : 'inet6',
    local: text(local),
    ...(peer === undefined ? {} : { address: peer }),
    prefixlen: view.getUint8(message.body + 1),
    ...(metric ? { metric } : {}),
    ...(broadcast === undefined ? {} : { broadcast: text(broadcast) }),
    ...(anycast === undefined ? {} : { anycast: text(anycast) }),
    scope: nameOf(context.names.scopes, view.getUint8(message.body + 3)),
    ...flagFacts(readU32(attributes, IFA.FLAGS) ?? view.getUint8(message.body + 2), family === AF_INET6),
    ...(protocol ? { protocol: protocols[protocol] ?? String(protocol) } : {}),
    ...(label === undefined ? {} : { label }),
    ...lifetimes(readBytes(attributes, IFA.CACHEINFO)),
  };
  return { ifindex: view.getInt32(message.body + 4, littleEndian), info };
};

/** One entry a link that has addresses, in order of ifindex; the order of addresses is the kernel's. */
export const groupAddresses = (addresses: readonly LinkAddress[], context: LinkContext): readonly LinkAddresses[] => {
  const byLink = new Map<number, AddressInfo[]>();
  for (const { ifindex, info } of addresses) {
    const list = byLink.get(ifindex);
    if (list === undefined) byLink.set(ifindex, [info]);
    else list.push(info);
  }
  return [...byLink]
    .sort(([a], [b]) => a - b)
    .map(([ifindex, infos]) => ({
      ifindex,
      ifname: linkNameOr(context, ifindex),
      // ip lists IPv4 before IPv6, as the kernel's two dumps arrive.
      addr_info: infos,
    }));
};
