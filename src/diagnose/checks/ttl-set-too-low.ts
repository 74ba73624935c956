/** A rule gives packets a lifetime that ends on this host: they are dropped where they are forwarded. */
import type { NetnsNode } from '../../graph/graph.ts';
import { splitWords } from '../../systems/rule-words.ts';
import type { Check } from '../check.ts';
import { allRules, type ReadRule } from '../engine-rules.ts';
import { where } from '../host-view.ts';
import { command, type Draft, guided, untilFlush } from '../remedies.ts';

/** What remains of the lifetime after the rule; undefined: it does not set one. */
function lifetime({ rule, words }: ReadRule): number | undefined {
  const [, nft] = /\bip6? (?:ttl|hoplimit) set (\d+)/.exec(rule.text) ?? [];
  const set = words.all.get('ttl-set')?.value ?? words.all.get('hl-set')?.value ?? nft;
  return set === undefined ? undefined : Number(set);
}

/** Forwarding needs more than one; what is set afterwards ends at the next router. */
const endsHere = (each: ReadRule): boolean => (lifetime(each) ?? 2) < 2;

function remove({ table, chain, rule }: ReadRule, netns: NetnsNode): Draft {
  const tool = table.family === 'ip6' ? 'ip6tables' : 'iptables';
  const own = splitWords(rule.text.replace(/^\[\d+:\d+\] /, '')).slice(2);
  const change = (...how: readonly string[]) =>
    command(
      netns,
      table.backend === 'iptables-legacy' ? `${tool}-legacy` : tool,
      '-w',
      '-t',
      table.name,
      ...how,
      ...own,
    );
  return guided({
    title: `Delete rule ${rule.index} of ${chain.name}`,
    changes: `Packets keep the lifetime their senders gave them.`,
    scope: 'host',
    risk: 'Whoever wrote it wanted somebody’s packets to end here: look who first.',
    riskLevel: 'low',
    persistence: untilFlush,
    ...(table.backend === 'nft'
      ? { steps: [`nft delete rule ${table.family} ${table.name} ${chain.name} handle ${rule.handle ?? 'N'}`] }
      : { commands: [change('-D', chain.name)], undo: [change('-I', chain.name, String(rule.index))] }),
  });
}

export const ttlSetTooLow: Check = {
  id: 'ttl-set-too-low',
  severity: 'error',
  about:
    'A packet with a lifetime (TTL) of one is taken by the host it reaches, and dropped where it would be forwarded. A rule that sets so small a lifetime keeps containers ' +
    'from what the host itself reaches; a service that answers with so small a one, as the metadata service of a cloud can be told to, does the same.',
  not: ['a rule that sets a lifetime that is enough', 'a rule that only asks for the lifetime'],
  references: ['man 8 iptables-extensions (TTL)', 'linux ip_forward()'],
  needs: ['ruleset'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap(({ netns, bridges }) => {
      const ruleset = netns === undefined ? undefined : view.ruleset(netns);
      if (netns === undefined || ruleset === undefined) return [];
      return allRules(ruleset, ({ family }) => family !== 'arp')
        .filter(endsHere)
        .map((each) => ({
          subject: `${each.table.name}/${each.chain.name}/${each.rule.index}`,
          title: `${each.table.name} ${each.chain.name} rule ${each.rule.index} lets packets live no longer than to this host (TTL ${lifetime(each)})`,
          why: 'This host itself gets them; containers do not, for what is forwarded must have more.',
          evidence: [
            {
              fact: each.rule.text,
              source: `${each.table.backend}, table ${each.table.family} ${each.table.name}, chain ${each.chain.name} ${where(netns)}`,
              netns: netns.id,
            },
          ],
          remedies: [remove(each, netns)],
          affects: bridges.flatMap(({ network, attachments }) => [
            network.id,
            ...attachments.map(({ container }) => container.id),
          ]),
        }));
    }),
};
