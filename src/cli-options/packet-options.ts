/** Options of the command that looks at packets. */
import type { OptionSpec } from '../cli-options.ts';

export const captureReaders = ['auto', 'tcpdump', 'dumpcap', 'native'] as const;

export const captureOptions: readonly OptionSpec[] = [
  { name: 'path', value: 'FROM TO[:PORT]', words: 2, help: 'every link that a packet from there to there crosses' },
  {
    name: 'write',
    short: 'w',
    value: 'FILE',
    help: 'into a new pcapng file; -: to standard output, for `| wireshark -k -i -`',
  },
  { name: 'read', short: 'r', value: 'FILE', help: 'print a pcap or pcapng file instead' },
  { name: 'filter', short: 'f', value: 'FILTER', help: 'only packets that match, as tcpdump writes it: "tcp port 80"' },
  { name: 'duration', value: 'TIME', help: 'end after so long: 30s, 10m, 2h; 0: never (a file: 10m unless told)' },
  { name: 'count', short: 'c', value: 'N', help: 'end after so many packets of all points together' },
  { name: 'size', value: 'SIZE', help: 'end before the file is larger: 20M, 2G; 0: never (100M unless told)' },
  {
    name: 'snaplen',
    short: 's',
    value: 'BYTES',
    help: 'keep this much of each packet (a file: 65400, else 4000); less loses fewer packets',
  },
  { name: 'each', help: 'a line for each packet at each point, instead of one with a mark for each point' },
  { name: 'promiscuous', help: 'also frames for others; changes a flag of the link while it lasts' },
  { name: 'reader', value: 'READER', choices: captureReaders, help: 'who reads: auto, tcpdump, dumpcap, native' },
];
