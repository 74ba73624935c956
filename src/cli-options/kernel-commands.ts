/** Commands beside those that answer one question: watching, comparing, serving. */
import type { CommandSpec, OptionSpec } from '../cli-options.ts';

const watchOptions: readonly OptionSpec[] = [
  { name: 'duration', value: 'SECONDS', help: 'how long at most (default: 60); all that was added is gone then' },
  { name: 'count', value: 'N', help: 'end after so many packets' },
  {
    name: 'rate',
    value: 'N',
    help: 'packets traced and drops told a second at most (default: 200); the rest is counted',
  },
];

export const kernelCommands: readonly CommandSpec[] = [
  {
    name: 'watch',
    usage: '[FROM TO[:PORT][/tcp|udp|icmp|sctp]]',
    help: 'what the kernel does with a flow, rule by rule, and why it drops packets; without ends: whatever it drops (root)',
    options: watchOptions,
    minWords: 0,
    maxWords: 2,
  },
  {
    name: 'measure',
    usage: 'FROM TO…',
    help: 'round trips, loss, the largest packet and where on the path time is spent; several ends are compared side by side (root)',
    options: [
      { name: 'count', value: 'N', help: 'echoes to each end (default: 10, at most 1000)' },
      { name: 'throughput', value: 'SECONDS', help: 'also TCP at full speed for so long, with iperf3 (at most 60)' },
    ],
    minWords: 2,
    maxWords: 12,
  },
  {
    name: 'diff',
    usage: 'A B',
    help: 'what changed from A to B, each a recording or `live`; exit code 1 when something did',
    options: [],
    minWords: 2,
    maxWords: 2,
  },
  {
    name: 'mcp',
    usage: '',
    help: 'answer the read-only questions as a Model Context Protocol server on standard input and output',
    options: [],
    minWords: 0,
    maxWords: 0,
  },
];
