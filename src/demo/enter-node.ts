/** Hosts of a demo that plays on several: each a tree of namespaces of its own, all on one wire. */
import type { Host } from '../host/host.ts';
import type { Command } from '../model/change.ts';
import { batch } from './build-commands.ts';
import type { DemoHost } from './story.ts';

/**
 * Process 1 of a host. It waits, and ends with the demo. Who looks from elsewhere believes a socket only when its daemon runs:
 * this is it by name.
 */
const FIRST_PROCESS = `set -e
mount --make-rprivate /
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 run /run
mkdir /run/netns
hostname "$1"
printf '#!/bin/sh\\nwhile :; do sleep 86400; done\\n' >/run/dockerd
chmod 755 /run/dockerd
: >/run/ready
exec /run/dockerd`;

/** Prints the process id of the host's first process, as seen from here, once it stands. */
const START = `unshare --mount --net --pid --uts --ipc --fork sh -c "$1" sh "$2" </dev/null >/dev/null 2>&1 &
unshare=$!
until first=$(tr -d ' ' </proc/$unshare/task/$unshare/children) && [ -e /proc/$first/root/run/ready ]; do
  kill -0 $unshare || exit 1
  sleep 0.1
done 2>/dev/null
echo $first`;

const inside = (pid: number): readonly string[] => [
  ...['nsenter', '--target', String(pid), '--mount', '--net', '--pid', '--uts', '--ipc', '--'],
];

/** Where what belongs to that host is seen from here. */
export const rootOf = (pid: number): string => `/proc/${pid}/root`;

/** Runs commands on one host of the demo; everything else is for the host that is opened there. */
export const onNode = (host: Pick<Host, 'change'>, pid: number): Pick<Host, 'change'> => ({
  change: (command) => host.change({ ...command, argv: [...inside(pid), ...command.argv] }),
});

/** A switch, which is also the way out that leads nowhere. */
export const wireCommand: Command = batch([
  'link set lo up',
  'link add lan0 type bridge',
  'addr add 10.99.0.1/24 dev lan0',
  'link set lan0 up',
]);

export const startNodeCommand = ({ name }: DemoHost): Command => ({
  argv: ['sh', '-c', START, 'sh', FIRST_PROCESS, name],
});

export const plugCommand = ({ name, address }: DemoHost, pid: number): Command =>
  batch([
    `link add ${name} type veth peer name eth0 address 02:99:00:00:00:${address.split('.')[3]} netns ${pid}`,
    `link set ${name} master lan0`,
    `link set ${name} up`,
  ]);

/** Where `ssh` is found first while the demo runs, and the hosts' processes by name. */
export const WAYS = '/run/demo';

/** Stands in for ssh: what would be run on the other machine is run in that host's namespaces. */
const SSH = `#!/bin/sh
while [ $# -gt 2 ]; do shift; done
exec ${inside(0).join(' ').replace(' 0 ', ` "$(cat ${WAYS}/pid/"$1")" `)} sh -c "$2"
`;

export const wayCommand = (pids: ReadonlyMap<string, number>): Command => ({
  argv: [
    'sh',
    '-c',
    [
      `mkdir -p ${WAYS}/bin ${WAYS}/pid`,
      `cat >${WAYS}/bin/ssh`,
      `chmod 755 ${WAYS}/bin/ssh`,
      ...[...pids].map(([name, pid]) => `echo ${pid} >${WAYS}/pid/${name}`),
    ].join(' && '),
  ],
  stdin: SSH,
});
