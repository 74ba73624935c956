/** bridge-outside-firewalld: what it finds, and what it must not be confused with. */
import { bridgeOutsideFirewalld } from '../../../src/diagnose/checks/bridge-outside-firewalld.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const family = 'inet';
const table = 'firewalld';

const state = (...states: readonly string[]) => ({
  match: { op: 'in', left: { ct: { key: 'state' } }, right: states },
});
const meta = (key: string, name: string) => ({ match: { op: '==', left: { meta: { key } }, right: name } });

/** What firewalld writes, as far as forwarding goes: known connections, what was translated, its zones; all else is rejected. */
function useFirewalld(draft: Draft, zoned: readonly string[]): void {
  let handle = 1;
  const chain = (name: string, base: object = {}) => ({ chain: { family, table, name, handle: handle++, ...base } });
  const rule = (name: string, ...expr: readonly object[]) => ({
    rule: { family, table, chain: name, handle: handle++, expr },
  });
  const nftables = [
    { metainfo: { version: '1.1.3', json_schema_version: 1 } },
    { table: { family, name: table, handle: handle++ } },
    chain('filter_FORWARD', { type: 'filter', hook: 'forward', prio: 10, policy: 'accept' }),
    chain('filter_FORWARD_ZONES'),
    chain('filter_FWD_docker'),
    rule('filter_FORWARD', state('established', 'related'), { accept: null }),
    rule('filter_FORWARD', { match: { op: 'in', left: { ct: { key: 'status' } }, right: 'dnat' } }, { accept: null }),
    rule('filter_FORWARD', { jump: { target: 'filter_FORWARD_ZONES' } }),
    rule('filter_FORWARD', { reject: { type: 'icmpx', expr: 'admin-prohibited' } }),
    ...zoned.map((name) =>
      rule('filter_FORWARD_ZONES', meta('iifname', name), { goto: { target: 'filter_FWD_docker' } }),
    ),
    rule('filter_FWD_docker', { accept: null }),
  ];
  draft.host.ruleset!.nft = JSON.stringify({ nftables });
  draft.host.ruleset!.present.nftTables.push({ family, name: table });
}

testCheck(bridgeOutsideFirewalld, {
  finds: {
    'a bridge is in no zone': (draft) => {
      useFirewalld(draft, ['docker0']);
    },
  },
  ignores: {
    'a bridge in a zone that accepts': (draft) => {
      useFirewalld(draft, ['docker0', 'br-app']);
    },
    'packets that another firewall stops': (draft) => {
      useFirewalld(draft, ['docker0', 'br-app']);
      draft.rule('-A FORWARD -i br-app -o br-app -j ACCEPT\n', '-A FORWARD -i br-app -o br-app -j DROP\n');
    },
    'nobody running on the bridge': (draft) => {
      useFirewalld(draft, ['docker0']);
      for (const container of [draft.webContainer, draft.dbContainer]) {
        container.state = 'exited';
        container.pid = 0;
      }
    },
  },
});
