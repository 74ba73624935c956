/** Removes iptables tables that came into being only because a change put a rule into them. */
import type { Host } from '../host/host.ts';
import type { Before } from './journal/journal-record.ts';
import { readState } from './state/read-state.ts';

/** No rule, no chain of anybody's own, every policy as a new table has it. */
const isBare = (whole: string): boolean =>
  whole
    .split('\n')
    .every((line) =>
      /^(#.*|\*\w+|:(PREROUTING|INPUT|FORWARD|OUTPUT|POSTROUTING) ACCEPT \[\d+:\d+\]|COMMIT)?$/.test(line),
    );

/**
 * iptables-nft makes a table of all its base chains with its first rule and never takes it away; legacy tables cannot be taken away at all, and
 * nft does not know them: it fails, which is right.
 */
export const removeMadeTables = async (host: Host, before: readonly Before[]): Promise<void> => {
  for (const { touch, whole } of before) {
    if (touch.kind !== 'chain' || whole === undefined || whole.includes(`*${touch.table}\n`)) continue;
    const now = await readState(host, touch);
    if ('error' in now || now.whole === undefined || !now.whole.includes(`*${touch.table}\n`) || !isBare(now.whole))
      continue;
    const family = touch.tool.startsWith('ip6') ? 'ip6' : 'ip';
    await host.change({
      argv: ['nft', 'delete', 'table', family, touch.table],
      ...(touch.netns === undefined ? {} : { netns: touch.netns }),
    });
  }
};
