/** arp-filtered: what it finds, and what it must not be confused with. */
import { arpFiltered } from '../../../src/diagnose/checks/arp-filtered.ts';
import type { Draft } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

const drop = { drop: null };
const match = (left: unknown, right: unknown) => ({ match: { op: '==', left, right } });
const payload = (protocol: string, field: string, right: unknown) => match({ payload: { protocol, field } }, right);

/** A table of one chain, as `nft -j list ruleset` prints it. */
function addTable(of: Draft['host'], family: string, base: object, ...rules: readonly (readonly object[])[]): void {
  const nftables = [
    { metainfo: { version: '1.1.3', json_schema_version: 1 } },
    { table: { family, name: 'fw', handle: 1 } },
    { chain: { family, table: 'fw', name: 'c', handle: 2, type: 'filter', prio: 0, policy: 'accept', ...base } },
    ...rules.map((expr, index) => ({ rule: { family, table: 'fw', chain: 'c', handle: index + 3, expr } })),
  ];
  of.ruleset!.nft = JSON.stringify({ nftables });
  of.ruleset!.present.nftTables.push({ family, name: 'fw' });
}

testCheck(arpFiltered, {
  finds: {
    'the host lets no ARP in': (draft) => addTable(draft.host, 'arp', { hook: 'input', policy: 'drop' }),
    'the host drops ARP that comes from a bridge': (draft) =>
      addTable(draft.host, 'arp', { hook: 'input' }, [match({ meta: { key: 'iifname' } }, 'br-app'), drop]),
    'bridges of the host forward no ARP': (draft) =>
      addTable(draft.host, 'bridge', { hook: 'forward' }, [payload('ether', 'type', 'arp'), drop]),
    'a container lets no ARP out': (draft) => addTable(draft.web, 'arp', { hook: 'output', policy: 'drop' }),
  },
  ignores: {
    'rules about certain senders': (draft) =>
      addTable(draft.host, 'arp', { hook: 'input' }, [payload('arp', 'saddr ip', '172.20.0.66'), drop]),
    'rules about links of others': (draft) =>
      addTable(draft.host, 'arp', { hook: 'input' }, [match({ meta: { key: 'iifname' } }, 'virbr0'), drop]),
    'a chain that lets something pass first': (draft) =>
      addTable(draft.host, 'arp', { hook: 'input', policy: 'drop' }, [{ accept: null }]),
    'a rule for other frames': (draft) =>
      addTable(draft.host, 'bridge', { hook: 'forward' }, [payload('ether', 'type', 'ip6'), drop]),
  },
});
