/** Passes the kernel's events on at once, and the texts of rules that changed as soon as the tools have printed them. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { Netns } from '../../model/netns.ts';
import type { HostEvent } from '../host.ts';
import type { RulesetReader } from './ruleset-reader.ts';

type Listener = (events: readonly HostEvent[]) => void;
/** What it takes to read the rules of a netns. */
export type Readable = Pick<Netns, 'id' | 'dev' | 'inode' | 'isHost' | 'names' | 'holders' | 'ruleset'>;

/**
 * The worker only tells which tables there are. An event must not wait for a tool, so it goes on without its ruleset, which follows as an
 * event of its own; a netns whose rules change again meanwhile is read once more, not once for every change.
 */
export function followRulesets(
  rules: () => RulesetReader,
  find: (id: NetnsId) => Omit<Readable, 'ruleset'> | undefined,
  listener: Listener,
): Listener {
  const waiting = new Map<NetnsId, Readable>();
  let reading = false;
  const readAll = async () => {
    reading = true;
    for (const [id, netns] of waiting) {
      waiting.delete(id);
      const { value, gaps } = await rules().addTexts([netns as Netns]);
      const ruleset = value[0]?.ruleset;
      const facts: readonly HostEvent[] =
        ruleset === undefined ? [] : [{ kind: 'facts', netns: id, facts: { ruleset } }];
      listener([...facts, ...gaps.map((gap: Gap): HostEvent => ({ kind: 'gap', gap }))]);
    }
    reading = false;
  };
  return (events) => {
    const direct = events.flatMap((event): readonly HostEvent[] => {
      if (event.kind === 'netns-gone') waiting.delete(event.id);
      const changed = event.kind === 'netns-appeared' ? event.netns : event.kind === 'facts' ? event.facts : undefined;
      if (changed?.ruleset === undefined) return [event];
      const { ruleset, ...rest } = changed;
      const id = event.kind === 'facts' ? event.netns : (changed as Netns).id;
      const netns = event.kind === 'facts' ? find(id) : (changed as Netns);
      if (netns !== undefined) waiting.set(id, { ...netns, ruleset });
      if (event.kind === 'netns-appeared') return [{ ...event, netns: rest as Netns }];
      return Object.keys(rest).length === 0 ? [] : [{ kind: 'facts', netns: id, facts: rest }];
    });
    if (direct.length > 0) listener(direct);
    if (waiting.size > 0 && !reading) void readAll();
  };
}
