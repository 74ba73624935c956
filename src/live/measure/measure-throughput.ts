/** TCP at full speed between two netns of a host: a server for one client, both ended by themselves. */
import type { Gap } from '../../model/gap.ts';
import type { MeasuredWay } from './measured-way.ts';
import { parseIperf } from './parse-iperf.ts';
import type { Throughput } from './throughput.ts';

const source = 'iperf3';
const port = '52011';
const tries = 6;

export const measureThroughput = async (
  { host, from, to, packet }: MeasuredWay,
  seconds: number,
): Promise<Throughput | Gap> => {
  if (to === undefined)
    return {
      source,
      reason: 'missing',
      detail: 'the other end is no netns of this host: start `iperf3 -s` there by hand',
    };
  const serve = ['timeout', String(seconds + 8), 'iperf3', '-s', '-1', '-B', packet.dst, '-p', port];
  const ask = ['iperf3', '-c', packet.dst, '-p', port, '-t', String(seconds), '-J', '--connect-timeout', '2000'];
  const server = host.change({ argv: serve, netns: to });
  let result = await host.change({ argv: ask, netns: from });
  // The server may not listen yet.
  for (let n = 1; n < tries && /refused/i.test(result.stdout + result.stderr); n++) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    result = await host.change({ argv: ask, netns: from });
  }
  if (result.exitCode === 127)
    return { source, reason: 'missing', detail: 'iperf3 is not installed', howToSee: 'install iperf3' };
  const told = parseIperf(result.stdout, seconds);
  // A server that nobody reached ends by its timeout: nothing is left when this is over.
  await server;
  return 'error' in told ? { source, reason: 'invalid', detail: told.error } : told;
};
