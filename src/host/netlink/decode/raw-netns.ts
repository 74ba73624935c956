/** Raw lists of one netns → the model's facts. Runs on the main thread, chunk by chunk, while the worker reads on. */
import type { Gap } from '../../../model/gap.ts';
import type { NetnsId } from '../../../model/ids.ts';
import type { Netns } from '../../../model/netns.ts';
import type { NetnsPart } from '../../host.ts';
import type { RawNetns, RawPart } from '../protocol.ts';
import { decodeMessages, type Message, RTM } from '../wire/messages.ts';
import { decodeAddress, groupAddresses } from './address.ts';
import { decodeBridgeVlans } from './bridge-vlans.ts';
import { knownLinks } from './known-links.ts';
import { decodeBriefLink, decodeLink } from './link.ts';
import { type KnownLink, type LinkContext, linkContext } from './link-context.ts';
import type { NameTables } from './names.ts';
import { decodeFdbEntry, decodeNeighbour } from './neighbour.ts';
import { decodePolicyRule } from './policy-rule.ts';
import { decodeRoute } from './route.ts';
import { linkSysctls } from './sysctls.ts';

export interface DecodedNetns {
  readonly facts: Partial<Netns>;
  readonly gaps: readonly Gap[];
  readonly links: ReadonlyMap<number, KnownLink>;
}

type Mutable = { -readonly [Key in keyof Netns]?: Netns[Key] };

/** `known`: names of links from an earlier read, for a list that was read alone. */
export const decodeRawNetns = (
  buffer: ArrayBuffer,
  raw: RawNetns,
  parts: readonly NetnsPart[],
  names: NameTables,
  known?: ReadonlyMap<number, KnownLink>,
): DecodedNetns => {
  const view = new DataView(buffer);
  const gaps: Gap[] = [];
  const linkRange = raw.ranges.links ?? raw.ranges.names;
  const links =
    linkRange === undefined ? (known ?? new Map<number, KnownLink>()) : knownLinks(view, linkRange[0], linkRange[1]);
  const context = linkContext(names, links);
  const read = <T>(
    part: RawPart,
    types: readonly number[],
    decode: (view: DataView, message: Message, context: LinkContext) => T | undefined,
  ): readonly T[] | undefined => {
    const range = raw.ranges[part];
    if (range === undefined) return undefined;
    const decoded = decodeMessages(view, range[0], range[1], types, (at, message) => decode(at, message, context));
    if (decoded.broken > 0) gaps.push(brokenGap(raw.id, part, decoded.broken));
    return decoded.items;
  };
  const facts: Mutable = { ...raw.facts };
  const found = parts.includes('links')
    ? read('links', [RTM.NEWLINK], decodeLink)
    : parts.includes('briefLinks')
      ? read(raw.ranges.links === undefined ? 'names' : 'links', [RTM.NEWLINK], decodeBriefLink)
      : undefined;
  if (found !== undefined) facts.links = found;
  const addresses = read('addresses', [RTM.NEWADDR], decodeAddress);
  if (addresses !== undefined) facts.addresses = groupAddresses(addresses, context);
  const routes = read('routes', [RTM.NEWROUTE], decodeRoute);
  if (routes !== undefined) facts.routes = routes;
  const routes6 = read('routes6', [RTM.NEWROUTE], decodeRoute);
  if (routes6 !== undefined) facts.routes6 = routes6;
  const rules = read('policyRules', [RTM.NEWRULE], decodePolicyRule);
  if (rules !== undefined) facts.policyRules = rules;
  const neighbours = read('neighbours', [RTM.NEWNEIGH], decodeNeighbour);
  const proxies = read('proxies', [RTM.NEWNEIGH], decodeNeighbour);
  if (neighbours !== undefined) facts.neighbours = [...neighbours, ...(proxies ?? [])];
  const fdb = read('fdb', [RTM.NEWNEIGH], decodeFdbEntry);
  if (fdb !== undefined) facts.fdb = fdb;
  const vlans = read('vlans', [RTM.NEWLINK], decodeBridgeVlans);
  if (vlans !== undefined) facts.vlans = vlans;
  const conf = parts.includes('sysctls') ? read('links', [RTM.NEWLINK], linkSysctls) : undefined;
  if (conf !== undefined) facts.sysctls = Object.assign({ ...raw.facts.sysctls }, ...conf);
  return { facts, gaps, links };
};

const brokenGap = (netns: NetnsId, part: RawPart, count: number): Gap => ({
  source: `netlink: ${part}`,
  netns,
  reason: 'invalid',
  detail: `${count} ${count === 1 ? 'message was' : 'messages were'} damaged and left out`,
});
