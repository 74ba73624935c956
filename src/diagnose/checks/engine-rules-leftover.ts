/** Rules another version or another backend of the engine left behind. */
import { findLeftovers } from '../../systems/find-leftovers.ts';
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { guided } from '../remedies.ts';

export const engineRulesLeftover: Check = {
  id: 'engine-rules-leftover',
  severity: 'info',
  about:
    'Upgrades and switches of the backend leave chains behind, and a dump restored at boot brings back rules about bridges that no longer exist. They rarely hurt, but they confuse whoever reads the rules.',
  not: ['chains of the present version', 'a bridge of another maker'],
  references: ['for-linux#1469', 'moby#48844'],
  needs: ['ruleset', 'links'],
  find: (view) =>
    view.engines.flatMap(({ netns }) => {
      const ruleset = netns === undefined ? undefined : view.ruleset(netns);
      if (netns === undefined || ruleset === undefined) return [];
      const left = findLeftovers(view.graph, netns.id, ruleset).filter((one) => one.kind !== 'dead-target');
      if (left.length === 0) return [];
      return {
        subject: 'this host',
        title: `${left.length === 1 ? 'A rule or chain was' : `${left.length} rules or chains were`} left behind`,
        why: 'They belong to another version, another backend or a bridge that is gone.',
        evidence: left.slice(0, 5).map((one) => ({
          fact: one.rule === undefined ? one.text : `${one.rule.text}: ${one.text}`,
          source: `${one.backend}, table ${one.table}, chain ${one.chain} ${where(netns)}`,
          netns: netns.id,
        })),
        remedies: [
          guided({
            title: 'Look whether a saved dump restores them at boot',
            changes: 'Nothing.',
            scope: 'host',
            risk: 'None.',
            riskLevel: 'none',
            persistence: 'Nothing to keep.',
            steps: [
              '/etc/iptables/rules.v4, /etc/sysconfig/iptables and /etc/nftables.conf should not contain chains of the engine',
            ],
          }),
        ],
        affects: [],
      };
    }),
};
