/** Commands that change a host, and tell what was changed. */
import type { CommandSpec, OptionSpec } from '../cli-options.ts';

export const endOptions: readonly OptionSpec[] = [
  { name: 'from', value: 'ENDPOINT', help: 'one end of a connection that fails' },
  { name: 'to', value: 'ENDPOINT[:PORT]', help: 'the other end' },
];

export const plumbingActions = ['attach', 'plug', 'remove', 'shim', 'allow', 'block', 'route', 'mss', 'mtu'] as const;

const confirmWithin: OptionSpec = {
  name: 'confirm-within',
  value: 'SECONDS',
  help: 'take it back after so many seconds unless `vethscope confirm` comes first; 0: never',
};

export const changeCommands: readonly CommandSpec[] = [
  {
    name: 'fix',
    usage: 'FINDING',
    help: 'what would mend a finding; with --yes: do it, look whether it helped, and take it back if not',
    options: [
      { name: 'remedy', value: 'N', help: 'another remedy than the first that can be applied' },
      { name: 'yes', help: 'apply it' },
      confirmWithin,
      ...endOptions,
    ],
    minWords: 1,
    maxWords: 1,
  },
  {
    name: 'plumb',
    usage: 'ACTION WORD…',
    help: 'wire something: attach CONTAINER BRIDGE|LINK, plug VETH BRIDGE, remove VETH, shim CONTAINER, allow|block CONTAINER[:PORT], route SUBNET GATEWAY, mss LINK, mtu LINK|CONTAINER/LINK SIZE; with --yes: do it',
    options: [
      { name: 'address', value: 'ADDRESS/LENGTH', help: 'of the new link (attach, shim)' },
      { name: 'gateway', value: 'ADDRESS', help: 'the default route goes there (attach)' },
      { name: 'vlan', value: 'ID', help: 'in this VLAN (attach)' },
      { name: 'mac', value: 'MAC', help: 'of the new link (attach)' },
      { name: 'mtu', value: 'SIZE', help: "of the new link; the bridge's unless told (attach)" },
      { name: 'ifname', value: 'NAME', help: 'of the new link inside; ethN unless told (attach)' },
      { name: 'source', value: 'ADDRESS[/LENGTH]', help: 'who is meant; everybody unless told (allow, block)' },
      { name: 'yes', help: 'do it' },
      confirmWithin,
      ...endOptions,
    ],
    minWords: 2,
    maxWords: 3,
    choices: plumbingActions,
  },
  {
    name: 'confirm',
    usage: 'ID',
    help: 'keep a change that waits for it; complete one that was interrupted',
    options: [],
    minWords: 1,
    maxWords: 1,
  },
  {
    name: 'undo',
    usage: '[ID]',
    help: 'take a change back (default: the last one)',
    options: [],
    minWords: 0,
    maxWords: 1,
  },
  {
    name: 'journal',
    usage: '',
    help: 'what was changed, and what became of it',
    options: [],
    minWords: 0,
    maxWords: 0,
  },
];
