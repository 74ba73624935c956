/** Asks for Open vSwitch and joins the rows of its tables: bridges → ports → interfaces. */
import type { Host, OvsAnswer } from '../host/host.ts';
import type { Gap } from '../model/gap.ts';
import type { OpenVswitch, OvsBridge, OvsInterface, OvsPort } from '../model/open-vswitch.ts';

export interface CollectedOvs {
  readonly openVswitch?: OpenVswitch;
  readonly gaps: readonly Gap[];
}

type Row = Readonly<Record<string, unknown>>;

/** OVSDB writes a set of one as its member, others as ["set", […]] (RFC 7047 §5.1). */
const setOf = (value: unknown): readonly unknown[] => {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) && value[0] === 'set' && Array.isArray(value[1]) ? value[1] : [value];
};

const mapOf = (value: unknown): Readonly<Record<string, string>> => {
  const pairs = Array.isArray(value) && value[0] === 'map' && Array.isArray(value[1]) ? value[1] : [];
  return Object.fromEntries(
    pairs.flatMap((pair: unknown) =>
      Array.isArray(pair) && pair.length === 2 ? [[String(pair[0]), String(pair[1])] as const] : [],
    ),
  );
};

const uuidsOf = (value: unknown): readonly string[] =>
  setOf(value).flatMap((one) => (Array.isArray(one) && one[0] === 'uuid' ? [String(one[1])] : []));
const texts = (value: unknown): readonly string[] =>
  setOf(value).filter((one): one is string => typeof one === 'string' && one !== '');
const numbers = (value: unknown): readonly number[] =>
  setOf(value).filter((one): one is number => typeof one === 'number');

const rowsOf = (answer: OvsAnswer, table: string): readonly Row[] =>
  (answer.tables[table] ?? []).filter((row): row is Row => typeof row === 'object' && row !== null);

const byUuid = <T>(rows: readonly Row[], parse: (row: Row) => T): ReadonlyMap<string, T> =>
  new Map(rows.flatMap((row) => uuidsOf(row['_uuid']).map((uuid) => [uuid, parse(row)] as const)));

const parseInterface = (row: Row): OvsInterface => {
  const [ifindex] = numbers(row['ifindex']);
  const [error] = texts(row['error']);
  return {
    name: texts(row['name'])[0] ?? '',
    type: texts(row['type'])[0] ?? 'system',
    // 0: the switch has not made it yet.
    ...(ifindex === undefined || ifindex === 0 ? {} : { ifindex }),
    options: mapOf(row['options']),
    externalIds: mapOf(row['external_ids']),
    ...(error === undefined ? {} : { error }),
  };
};

const parsePort = (row: Row, interfaces: ReadonlyMap<string, OvsInterface>): OvsPort => {
  const [tag] = numbers(row['tag']);
  return {
    name: texts(row['name'])[0] ?? '',
    ...(tag === undefined ? {} : { tag }),
    trunks: numbers(row['trunks']),
    vlanMode: texts(row['vlan_mode'])[0] ?? (tag === undefined ? 'trunk' : 'access'),
    protected: row['protected'] === true,
    interfaces: uuidsOf(row['interfaces']).flatMap((uuid) => interfaces.get(uuid) ?? []),
  };
};

/** Lines of flows alone: the first line names the message. */
const flowLines = (text: string | undefined): readonly string[] | undefined =>
  text
    ?.split('\n')
    .map((line) => line.trim())
    .filter((line) => /actions=/.test(line));

export const parseOpenVswitch = (answer: OvsAnswer): OpenVswitch => {
  const interfaces = byUuid(rowsOf(answer, 'Interface'), parseInterface);
  const ports = byUuid(rowsOf(answer, 'Port'), (row) => parsePort(row, interfaces));
  const bridges = rowsOf(answer, 'Bridge').map((row): OvsBridge => {
    const name = texts(row['name'])[0] ?? '';
    const [failMode] = texts(row['fail_mode']);
    const flows = flowLines(answer.flows[name]);
    return {
      name,
      datapath: texts(row['datapath_type'])[0] ?? 'system',
      controlled: setOf(row['controller']).length > 0,
      ...(failMode === undefined ? {} : { failMode }),
      stp: row['stp_enable'] === true || row['rstp_enable'] === true,
      ports: uuidsOf(row['ports'])
        .flatMap((uuid) => ports.get(uuid) ?? [])
        .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
      ...(flows === undefined ? {} : { flows }),
    };
  });
  return { bridges: bridges.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
};

export const collectOpenVswitch = async (host: Host): Promise<CollectedOvs> => {
  const answer = await host.ask({ about: 'openVswitch' });
  return {
    ...(answer.value === undefined || answer.value === null ? {} : { openVswitch: parseOpenVswitch(answer.value) }),
    gaps: answer.gaps,
  };
};
