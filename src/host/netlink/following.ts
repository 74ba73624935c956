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

export interface EventDecoder {
  decode(buffer: ArrayBuffer, events: readonly RawEvent[]): readonly HostEvent[];
}

/** `relink`: a link was renamed, so all links of its netns must be told again, by the new name. */
export const newEventDecoder = (
  parts: readonly NetnsPart[],
  names: NameTables,
  links: LinkNames,
  relink: (netns: NetnsId) => void,
): EventDecoder => {
  /** Last told list of each netns that had events: neighbours are confirmed, and routes re-announced, without anything having changed. */
  const told = new Map<string, string>();

  const changedFacts = (netns: NetnsId, facts: Partial<Netns>): Partial<Netns> | undefined => {
    const changed = Object.entries(facts).filter(([name, value]) => {
      const key = `${netns} ${name}`;
      const text = JSON.stringify(value);
      if (told.get(key) === text) return false;
      told.set(key, text);
      return true;
    });
    return changed.length === 0 ? undefined : Object.fromEntries(changed);
  };

  const linkEvent = (buffer: ArrayBuffer, event: Extract<RawEvent, { kind: 'links' }>): HostEvent | undefined => {
    const view = new DataView(buffer);
    const known = links.get(event.netns) ?? new Map<number, KnownLink>();
    const before = new Map(known);
    for (const [start, end] of event.ranges) knownLinks(view, start, end, known);
    for (const ifindex of event.gone) known.delete(ifindex);
    links.set(event.netns, known);
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
        return { kind: 'netns-appeared', netns: { ...event.identity, ...decoded.facts } };
      }
      case 'gone':
        links.delete(event.netns);
        for (const key of told.keys()) if (key.startsWith(`${event.netns} `)) told.delete(key);
        return { kind: 'netns-gone', id: event.netns };
      case 'resync':
      case 'gap':
        return event;
    }
  };

  return {
    decode: (buffer, events) => events.flatMap((event) => one(buffer, event) ?? []),
  };
};
