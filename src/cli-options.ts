/** The options table: every command and option there is. Help, completion and parsing all read it. */
import { changeCommands, endOptions } from './cli-options/change-commands.ts';
import { kernelCommands } from './cli-options/kernel-commands.ts';
import { captureOptions } from './cli-options/packet-options.ts';

export interface OptionSpec {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; absent for a switch. */
  readonly value?: string;
  readonly choices?: readonly string[];
  readonly repeatable?: true;
  /** Of how many words its value is; one unless told. */
  readonly words?: 2;
  readonly help: string;
}

export interface CommandSpec {
  readonly name: string;
  /** Its words as the help shows them. */
  readonly usage: string;
  readonly help: string;
  readonly options: readonly OptionSpec[];
  readonly minWords: number;
  readonly maxWords: number;
  /** What the first word can be, where that is a fixed list. */
  readonly choices?: readonly string[];
}

export const listKinds = [
  'containers',
  'netns',
  'links',
  'bridges',
  'networks',
  'pools',
  'ports',
  'routes',
  'rules',
  'findings',
] as const;
export type ListKind = (typeof listKinds)[number];

export const graphFormats = ['tree', 'dot', 'mermaid', 'svg'] as const;
export type GraphFormat = (typeof graphFormats)[number];

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

export const schemaNames = [
  'list',
  'locate',
  'graph',
  'rules',
  'record',
  'trace',
  'matrix',
  'watch',
  'measure',
  'diff',
  'capture',
  'doctor',
  'fix',
  'plumb',
  'undo',
  'confirm',
  'journal',
  'error',
] as const;
export type SchemaName = (typeof schemaNames)[number];

const engines = ['auto', 'docker', 'podman', 'none'] as const;

export const globalOptions: readonly OptionSpec[] = [
  { name: 'json', help: 'one JSON document on stdout, nothing else there' },
  {
    name: 'host',
    short: 'H',
    value: 'ssh://[USER@]HOST[:PORT]',
    repeatable: true,
    help: 'look at another machine, over SSH and with nothing installed there (repeatable)',
  },
  { name: 'recording', value: 'PATH', repeatable: true, help: 'look at a recording instead of this host (repeatable)' },
  {
    name: 'engine',
    value: 'KIND',
    choices: engines,
    help: 'which container engine to ask: auto, docker, podman, none',
  },
  { name: 'engine-socket', value: 'PATH', help: "the engine's socket, where it is not at its usual place" },
  { name: 'read-only', help: 'refuse everything that would change the host' },
  { name: 'no-color', help: 'no colours (as the variable NO_COLOR)' },
  { name: 'ascii', help: 'no characters outside ASCII' },
  { name: 'verbose', short: 'v', help: 'tell on stderr what is being run and asked' },
  { name: 'help', short: 'h', help: 'this text, or that of a command' },
  { name: 'version', help: 'the version of vethscope' },
];

const severities = ['error', 'warning', 'security', 'info'] as const;

const what: readonly OptionSpec[] = [
  {
    name: 'without',
    value: 'RULE',
    repeatable: true,
    help: 'as if this rule were not there: CHAIN:INDEX or TABLE/CHAIN:INDEX',
  },
  { name: 'with-sysctl', value: 'KEY=VALUE', repeatable: true, help: 'as if this sysctl had that value' },
];

export const commands: readonly CommandSpec[] = [
  {
    name: 'demo',
    usage: '[STORY]',
    help: 'the screen on a network built for playing (root), or on a recording of one',
    options: [],
    minWords: 0,
    maxWords: 1,
  },
  {
    name: 'list',
    usage: `[${listKinds.join('|')}]`,
    help: 'a table of everything of one kind (default: containers)',
    options: [],
    minWords: 0,
    maxWords: 1,
    choices: listKinds,
  },
  {
    name: 'locate',
    usage: 'WORD…',
    help: 'who is this? container name or id, veth, ifindex, NETNS:IFINDEX, MAC, address, published port, pid, netns; more words narrow down',
    options: [],
    minWords: 1,
    maxWords: Number.POSITIVE_INFINITY,
  },
  {
    name: 'graph',
    usage: '',
    help: 'the wiring of the host as a picture',
    options: [{ name: 'format', value: 'FORMAT', choices: graphFormats, help: 'tree (default), dot, mermaid or svg' }],
    minWords: 0,
    maxWords: 0,
  },
  {
    name: 'rules',
    usage: '[ENDPOINT]',
    help: 'the firewall in the order it is evaluated; with an endpoint: the rules that can touch it',
    options: [],
    minWords: 0,
    maxWords: 1,
  },
  {
    name: 'trace',
    usage: 'FROM TO[:PORT][/tcp|udp|icmp|sctp]',
    help: 'the path of one packet and of its reply, step by step',
    options: [
      { name: 'live', help: 'also send one real packet, and compare with what the kernel does to it (root)' },
      ...what,
    ],
    minWords: 2,
    maxWords: 2,
  },
  {
    name: 'matrix',
    usage: '',
    help: 'who reaches whom',
    options: [{ name: 'port', value: 'PORT', help: 'a TCP port instead of an ICMP echo; N/udp, N/sctp' }],
    minWords: 0,
    maxWords: 0,
  },
  {
    name: 'doctor',
    usage: '',
    help: 'what is wrong, root causes first, and what would mend it; with two ends: why that connection fails',
    options: [
      ...endOptions,
      {
        name: 'fail-on',
        value: 'SEVERITY',
        choices: severities,
        help: 'exit with 1 from this severity on: error, warning (default), security, info',
      },
      { name: 'probe', help: 'also try what should work, one announced packet each, on this host only (root)' },
      {
        name: 'watch-for',
        value: 'SECONDS',
        help: 'look twice, so long apart, and tell also what is being lost meanwhile (1 to 600)',
      },
    ],
    minWords: 0,
    maxWords: 0,
  },
  ...changeCommands,
  {
    name: 'capture',
    usage: 'POINT…|FILE',
    help: 'the packets at one or several links at once: CONTAINER, CONTAINER/IFNAME, a link of the host; or those of a pcap or pcapng file',
    options: captureOptions,
    minWords: 0,
    maxWords: Number.POSITIVE_INFINITY,
  },
  {
    name: 'record',
    usage: 'DIR|FILE.tar.gz',
    help: 'write down everything asked and answered, for --recording',
    options: [{ name: 'redact', help: 'replace names, addresses and environment by stand-ins' }],
    minWords: 1,
    maxWords: 1,
  },
  ...kernelCommands,
  {
    name: 'schema',
    usage: 'NAME',
    help: 'the JSON Schema of a document that --json prints',
    options: [],
    minWords: 1,
    maxWords: 1,
    choices: schemaNames,
  },
  {
    name: 'completion',
    usage: shells.join('|'),
    help: 'a completion script for your shell',
    options: [],
    minWords: 1,
    maxWords: 1,
    choices: shells,
  },
];

export const findCommand = (name: string): CommandSpec | undefined => commands.find((command) => command.name === name);
