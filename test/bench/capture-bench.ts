/** 200,000 packets at the full speed of a veth, captured at four points by each reader: what was dropped, what it cost, and whether file and kernel agree. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLocalHost } from '../../src/host/local-host.ts';
import { createSession } from '../../src/session.ts';
import { buildCaptureNetwork } from '../kernel/capture-network.ts';
import { readCapture } from '../support/read-capture.ts';

const count = 200_000;
const quietMs = 3000;
const flood = fileURLToPath(new URL('capture-flood.ts', import.meta.url));

const folder = mkdtempSync(join(tmpdir(), 'vethscope-bench-'));
const net = buildCaptureNetwork(`vs-cap-bench-${process.pid}-`);
const session = createSession([await openLocalHost()], { engine: 'none' });
await session.start({ follow: false });

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const measure = async (reader: 'tcpdump' | 'native', snapLength?: number): Promise<string> => {
  const file = join(folder, `${reader}-${snapLength}.pcapng`);
  let told = 0;
  let largest = 0;
  const snap = snapLength === undefined ? {} : { snapLength };
  const capture = await session.capture({ points: net.points, reader, file, filter: 'udp port 9', ...snap }, (news) => {
    if (news.kind === 'packets') told += news.packets.length;
    largest = Math.max(largest, process.memoryUsage().rss);
  });
  if ('error' in capture) return capture.error;
  const before = process.memoryUsage().rss;
  const cpu = process.cpuUsage();
  const argv = [`--net=/run/netns/${net.left}`, process.execPath, flood, String(count), '10.92.0.2'];
  const { promise, resolve } = Promise.withResolvers<number>();
  execFile('nsenter', argv, (_, stdout) => resolve(Number(stdout)));
  const sentMs = await promise;
  // Until nothing has come for a while.
  for (let last = -1; last !== told; await pause(quietMs)) last = told;
  const { user, system } = process.cpuUsage(cpu);
  const { points } = await capture.stop();
  const contents = readCapture(file);
  const drops = points.map(({ counts }) => counts?.dropped ?? -1);
  const inFile = points.map((_, n) => contents.packets.filter(({ tap }) => tap === n).length);
  const agree = points.every(
    ({ counts }, n) =>
      counts !== undefined && inFile[n] === counts.received - counts.dropped && counts.received === count,
  );
  const rate = Math.round(count / sentMs);
  return (
    `${reader.padEnd(8)} ${snapLength === undefined ? 'whole packets' : `${snapLength} bytes of each`}: ${rate} K packets/s, dropped ${drops.join(' ')}, file and kernel ${agree ? 'agree' : 'DIFFER'}, ` +
    `${((user + system) / Math.max(1, told)).toFixed(2)} us CPU a packet here, +${Math.round((largest - before) / 2 ** 20)} MiB, ` +
    `file ${Math.round(statSync(file).size / 2 ** 20)} MiB\n`
  );
};

try {
  for (const reader of ['tcpdump', 'native'] as const)
    for (const snapLength of [undefined, 200]) process.stdout.write(await measure(reader, snapLength));
} finally {
  await session.close();
  net.remove();
  rmSync(folder, { recursive: true, force: true });
}
process.exit(0);
