/** Raw events → HostEvents, on the main thread: decodes, remembers links' names, drops what says nothing new. */
import type { NetnsId } from '../../model/ids.ts';
import type { Link } from '../../model/link.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostEvent, NetnsPart } from '../host.ts';
import { knownLinks } from './decode/known-links.ts';
import { decodeLink } from './decode/link.ts';
import { type KnownLink, linkContext } from './decode/link-context.ts';
import type { NameTables } from './decode/names.ts';
import { decodeRawNetns } from './decode/raw-netns.ts';
import type { RawEvent } from './protocol.ts';
import { decodeMessages, RTM } from './wire/messages.ts';

/** Names of the links of each netns, as of the last read or event. */
export type LinkNames = Map<NetnsId, Map<number, KnownLink>>;

/** Under which everything of a netns is remembered as told. */
const whole = 'whole';

/** Packets that were counted are no news. */
const withoutCounters = (key: string, value: unknown): unknown => (key === 'stats64' ? undefined : value);

export interface EventDecoder {
  decode(buffer: ArrayBuffer, events: readonly RawEvent[]): readonly HostEvent[];
  /** A read has told of these since: whatever is heard next is news. */
  forget(netns: readonly NetnsId[]): void;
}

/** `relink`: a link was renamed, so all links of its netns must be told again, by the new name. */
export const newEventDecoder = (
  parts: readonly NetnsPart[],
  names: NameTables,
  links: LinkNames,
  relink: (netns: NetnsId) => void,
): EventDecoder => {
  /** Last told lists of each netns that had events: neighbours are confirmed, and routes re-announced, without anything having changed. */
  const told = new Map<NetnsId, Map<string, string>>();

  const changedFacts = (netns: NetnsId, facts: Partial<Netns>): Partial<Netns> | undefined => {
    const lists = told.get(netns) ?? new Map<string, string>();
    told.set(netns, lists);
    const changed = Object.entries(facts).filter(([list, value]) => {
      const text = JSON.stringify(value, withoutCounters);
      if (lists.get(list) === text) return false;
      lists.set(list, text);
      return true;
    });
    if (changed.length === 0) return undefined;
    lists.delete(whole);
    return Object.fromEntries(changed);
  };

  const linkEvent = (buffer: ArrayBuffer, event: Extract<RawEvent, { kind: 'links' }>): HostEvent | undefined => {
    const view = new DataView(buffer);
    const known = links.get(event.netns) ?? new Map<number, KnownLink>();
    const before = new Map(known);
    for (const [start, end] of event.ranges) knownLinks(view, start, end, known);
    for (const ifindex of event.gone) known.delete(ifindex);
    links.set(event.netns, known);
    for (const list of ['links', whole]) told.get(event.netns)?.delete(list);
    const context = linkContext(names, known);
    const changed: Link[] = event.ranges.flatMap(
      ([start, end]) =>
        decodeMessages(view, start, end, [RTM.NEWLINK], (at, message) => decodeLink(at, message, context)).items,
    );
    if (changed.some((link) => before.has(link.ifindex) && before.get(link.ifindex)?.name !== link.ifname))
      relink(event.netns);
    return { kind: 'links', netns: event.netns, changed, gone: event.gone };
  };

  const one = (buffer: ArrayBuffer, event: RawEvent): HostEvent | undefined => {
    switch (event.kind) {
      case 'links':
        return parts.includes('links') ? linkEvent(buffer, event) : undefined;
      case 'facts': {
        const decoded = decodeRawNetns(buffer, event.raw, event.parts, names, links.get(event.raw.id));
        const facts = changedFacts(event.raw.id, decoded.facts);
        return facts === undefined ? undefined : { kind: 'facts', netns: event.raw.id, facts };
      }
      case 'appeared': {
        const decoded = decodeRawNetns(buffer, event.raw, parts, names);
        links.set(event.raw.id, new Map(decoded.links));
        const netns: Netns = { ...event.identity, ...decoded.facts };
        // One without a number in the host is looked at again and again, and seldom is anything new.
        const text = JSON.stringify(netns, withoutCounters);
        if (told.get(netns.id)?.get(whole) === text) return undefined;
        told.set(netns.id, new Map([[whole, text]]));
        return { kind: 'netns-appeared', netns };
      }
      case 'gone':
        links.delete(event.netns);
        told.delete(event.netns);
        return { kind: 'netns-gone', id: event.netns };
      case 'resync':
      case 'gap':
        return event;
    }
  };

  return {
    forget: (netns) => {
      for (const id of netns) told.delete(id);
    },
    decode: (buffer, events) => events.flatMap((event) => one(buffer, event) ?? []),
  };
};
