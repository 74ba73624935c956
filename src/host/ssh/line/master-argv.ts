/** How OpenSSH is started: with the user's own configuration, keys, jump hosts and agent. */
import type { SshAddress } from './ssh-address.ts';

const target = ({ host, user, port }: SshAddress): readonly string[] => [
  ...(user === undefined ? [] : ['-l', user]),
  ...(port === undefined ? [] : ['-p', String(port)]),
  '--',
  host,
];

const option = (name: string, value: string): readonly string[] => ['-o', `${name}=${value}`];

/** What of a user's configuration is for terminals and would be in our way. */
const plain: readonly string[] = [
  '-T',
  '-x',
  ...option('ClearAllForwardings', 'yes'),
  ...option('ForwardAgent', 'no'),
  ...option('PermitLocalCommand', 'no'),
  ...option('RemoteCommand', 'none'),
];

export interface MasterOptions {
  readonly socket: string;
  /** False: no question can be answered, because the screen is ours already. */
  readonly mayAsk: boolean;
}

/** The connection itself; its own session runs `command`. */
export const masterArgv = (address: SshAddress, options: MasterOptions, command: string): readonly string[] => [
  'ssh',
  ...plain,
  ...option('ControlMaster', 'yes'),
  ...option('ControlPath', options.socket),
  ...option('ControlPersist', 'no'),
  ...option('Compression', 'yes'),
  ...option('ConnectTimeout', '20'),
  // A line that is cut is noticed after 15 seconds of silence.
  ...option('ServerAliveInterval', '5'),
  ...option('ServerAliveCountMax', '3'),
  ...(options.mayAsk ? option('NumberOfPasswordPrompts', '3') : option('BatchMode', 'yes')),
  ...target(address),
  command,
];

/** One more session over the same connection; never a connection of its own. */
export const sessionArgv = (address: SshAddress, socket: string, command: string): readonly string[] => [
  'ssh',
  ...plain,
  ...option('ControlMaster', 'no'),
  ...option('ControlPath', socket),
  ...option('BatchMode', 'yes'),
  // Where the connection is gone, this fails at once instead of making a new one.
  ...option('ProxyCommand', 'false'),
  ...target(address),
  command,
];

/** The only words a login shell there gets to see, whichever shell it is. Everything else goes to sh by standard input. */
export const firstShell =
  "sh -c 'if [ $(id -u) = 0 ]; then exec sh -s; fi; if sudo -n sh -c : 2>/dev/null; then exec sudo -n sh -s; fi; exec sh -s'";
export const nextShell = (asRoot: 'root' | 'sudo' | 'no'): string => (asRoot === 'sudo' ? 'sudo -n sh -s' : 'sh -s');
