/** Docker's rules as its nftables backend (29) writes them, as `nft -j list ruleset` prints them: for one bridge with published ports. */
import type { Draft } from './healthy-host.ts';

type Statement = Readonly<Record<string, unknown>>;

const family = 'ip';
const table = 'docker-bridges';

const match = (left: unknown, op: string, right: unknown): Statement => ({ match: { op, left, right } });
const meta = (key: string, op: string, right: string) => match({ meta: { key } }, op, right);
const payload = (protocol: string, field: string, op: string, right: unknown) =>
  match({ payload: { protocol, field } }, op, right);
const counter: Statement = { counter: { packets: 0, bytes: 0 } };
const known = match({ ct: { key: 'state' } }, 'in', ['established', 'related']);
const local = match({ fib: { result: 'type', flags: 'daddr' } }, '==', 'local');
const jump = (target: string): Statement => ({ jump: { target } });
const accept: Statement = { accept: null };
const drop: Statement = { drop: null };

export interface PublishedRule {
  readonly hostPort: number;
  readonly address: string;
  readonly port: number;
}

export interface NftBridge {
  readonly ifname: string;
  readonly subnet: string;
  readonly published: readonly PublishedRule[];
}

function objects({ ifname, subnet, published }: NftBridge): readonly object[] {
  let handle = 1;
  const chain = (name: string, base: object = {}) => ({
    chain: { family, table, name, handle: handle++, ...base },
  });
  const base = (type: string, hook: string, prio: number) => ({ type, hook, prio, policy: 'accept' });
  const rule = (name: string, expr: readonly Statement[], comment?: string) => ({
    rule: { family, table, chain: name, handle: handle++, ...(comment === undefined ? {} : { comment }), expr },
  });
  const jumps = (name: string, target: string) => ({
    map: {
      family,
      name,
      table,
      type: 'ifname',
      handle: handle++,
      map: 'verdict',
      elem: [[ifname, jump(target)]],
    },
  });
  const vmap = (key: string, data: string): Statement => ({ vmap: { key: { meta: { key } }, data: `@${data}` } });
  const [network, length] = subnet.split('/');
  const inSubnet = payload('ip', 'saddr', '==', { prefix: { addr: network, len: Number(length) } });
  const names = { in: `filter-forward-in__${ifname}`, out: `filter-forward-out__${ifname}` };
  const masq = { in: `nat-postrouting-in__${ifname}`, out: `nat-postrouting-out__${ifname}` };
  return [
    { metainfo: { version: '1.1.3', json_schema_version: 1 } },
    { table: { family, name: table, handle: 1 } },
    jumps('filter-forward-in-jumps', names.in),
    jumps('filter-forward-out-jumps', names.out),
    jumps('nat-postrouting-in-jumps', masq.in),
    jumps('nat-postrouting-out-jumps', masq.out),
    chain('filter-FORWARD', base('filter', 'forward', 0)),
    chain('nat-OUTPUT', base('nat', 'output', -100)),
    chain('nat-POSTROUTING', base('nat', 'postrouting', 100)),
    chain('nat-PREROUTING', base('nat', 'prerouting', -100)),
    chain('nat-prerouting-and-output'),
    chain('raw-PREROUTING', base('filter', 'prerouting', -300)),
    ...[names.in, names.out, masq.in, masq.out].map((name) => chain(name)),
    rule('filter-FORWARD', [vmap('oifname', 'filter-forward-in-jumps')]),
    rule('filter-FORWARD', [vmap('iifname', 'filter-forward-out-jumps')]),
    rule('nat-OUTPUT', [
      payload('ip', 'daddr', '!=', { prefix: { addr: '127.0.0.0', len: 8 } }),
      local,
      counter,
      jump('nat-prerouting-and-output'),
    ]),
    rule('nat-POSTROUTING', [vmap('iifname', 'nat-postrouting-out-jumps')]),
    rule('nat-POSTROUTING', [vmap('oifname', 'nat-postrouting-in-jumps')]),
    rule('nat-PREROUTING', [local, counter, jump('nat-prerouting-and-output')]),
    ...published.map(({ hostPort, address, port }) =>
      rule(
        'nat-prerouting-and-output',
        [
          meta('iifname', '!=', ifname),
          payload('tcp', 'dport', '==', hostPort),
          counter,
          { dnat: { addr: address, port } },
        ],
        'DNAT',
      ),
    ),
    ...published.map(({ address }) =>
      rule(
        'raw-PREROUTING',
        [payload('ip', 'daddr', '==', address), meta('iifname', '!=', ifname), counter, drop],
        'DROP DIRECT ACCESS',
      ),
    ),
    rule(names.in, [known, counter, accept]),
    rule(names.in, [meta('iifname', '==', ifname), counter, accept], 'ICC'),
    ...published.map(({ address, port }) =>
      rule(names.in, [payload('ip', 'daddr', '==', address), payload('tcp', 'dport', '==', port), counter, accept]),
    ),
    rule(names.in, [counter, drop], 'UNPUBLISHED PORT DROP'),
    rule(names.out, [known, counter, accept]),
    rule(names.out, [counter, accept], 'OUTGOING'),
    rule(masq.out, [meta('oifname', '!=', ifname), inSubnet, counter, { masquerade: null }], 'MASQUERADE'),
  ];
}

/** The healthy host under the nftables backend; `keep` leaves objects out, as somebody's hand might have. */
export function useNftablesBackend(draft: Draft, keep: (text: string) => boolean = () => true): void {
  const bridge = {
    ifname: 'br-app',
    subnet: '172.20.0.0/16',
    published: [{ hostPort: 8080, address: '172.20.0.2', port: 80 }],
  };
  const nftables = objects(bridge).filter((object) => keep(JSON.stringify(object)));
  draft.engine.version = '29.1.0';
  draft.engine.firewallBackend = 'nftables';
  draft.host.ruleset = {
    nft: JSON.stringify({ nftables }),
    present: { nftTables: [{ family, name: table }], legacyTables: [], legacyTables6: [] },
  };
}
