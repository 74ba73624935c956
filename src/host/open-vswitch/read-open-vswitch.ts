/** What Open vSwitch says of itself: its database, and the flows of each of its bridges. */
import { existsSync } from 'node:fs';
import type { Gap } from '../../model/gap.ts';
import type { Answer, OvsAnswer } from '../host.ts';
import type { RunOutcome } from '../run-command.ts';
import { askOvsdb } from './ask-ovsdb.ts';

/** ovsdb-server(1): the default is the build's run folder; Debian, Fedora and a build by hand. */
const usualSockets = [
  '/var/run/openvswitch/db.sock',
  '/run/openvswitch/db.sock',
  '/usr/local/var/run/openvswitch/db.sock',
];

const columns = {
  Bridge: ['name', 'ports', 'datapath_type', 'controller', 'fail_mode', 'stp_enable', 'rstp_enable'],
  Port: ['_uuid', 'name', 'tag', 'trunks', 'vlan_mode', 'protected', 'interfaces'],
  Interface: ['_uuid', 'name', 'type', 'ifindex', 'options', 'external_ids', 'error'],
};

const source = 'Open vSwitch database';

export interface OvsTools {
  /** Path of ovs-ofctl; absent: flows cannot be read. */
  readonly ofctl?: string;
  readonly run: (argv: readonly string[]) => Promise<RunOutcome>;
  readonly sockets?: readonly string[];
}

/** null: there is no Open vSwitch here. */
export const readOpenVswitch = async ({
  ofctl,
  run,
  sockets = usualSockets,
}: OvsTools): Promise<Answer<OvsAnswer | null>> => {
  const socket = sockets.find((path) => existsSync(path));
  if (socket === undefined) return { value: null, gaps: [] };
  const answer = await askOvsdb(socket, 'Open_vSwitch', columns);
  if ('error' in answer) {
    const gap: Gap = {
      source,
      reason: answer.reason,
      detail: `${socket}: ${answer.error}`,
      ...(answer.reason === 'forbidden' ? { howToSee: 'run as root' } : {}),
    };
    return { gaps: [gap] };
  }
  const gaps: Gap[] = [];
  const flows: Record<string, string> = {};
  const names = (answer.tables['Bridge'] ?? []).map((row) => (row as { readonly name?: unknown }).name);
  const readFlows = async (name: string): Promise<void> => {
    // A bridge's control socket; `--` so that no name is taken for an option.
    const outcome = await run([ofctl ?? '', '--no-stats', 'dump-flows', '--', name]);
    if (outcome.end === 'exited' && outcome.exitCode === 0) flows[name] = outcome.stdout;
    else
      gaps.push({
        source: `ovs-ofctl dump-flows ${name}`,
        reason: outcome.end === 'exited' ? 'forbidden' : 'missing',
        detail: outcome.end === 'exited' ? (outcome.stderr.split('\n')[0] ?? '') : outcome.end,
      });
  };
  if (ofctl === undefined && names.length > 0)
    gaps.push({
      source: 'ovs-ofctl',
      reason: 'missing',
      detail: 'what the flow tables of the bridges do with a packet cannot be read',
      howToSee: 'install openvswitch-switch (ovs-ofctl)',
    });
  if (ofctl !== undefined)
    await Promise.all(names.filter((name): name is string => typeof name === 'string' && name !== '').map(readFlows));
  return { value: { tables: answer.tables, flows }, gaps };
};
