import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type { CaptureNews, CaptureQuestion, CaptureState, RunningCapture } from '../../src/capture/capture-question.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { createSession, type Session } from '../../src/session.ts';
import { missingNeed } from '../support/needs.ts';
import { readCapture } from '../support/read-capture.ts';
import { requires } from '../support/requires.ts';
import { buildCaptureNetwork, type CaptureNetwork } from './capture-network.ts';

const needs = ['root', 'tool:ip', 'tool:nsenter', 'tool:ping', 'kernel:veth', 'kernel:bridge'] as const;
const withTcpdump = requires(...needs, 'tool:tcpdump');
const withNative = requires(...needs);

// Some twenty seconds of waiting where everything else wants the processors too.
vi.setConfig({ testTimeout: 180_000 });

const cli = fileURLToPath(new URL('../support/cli.ts', import.meta.url));

let net: CaptureNetwork;
let folder: string;
let session: Session;
let programs: ChildProcess[] = [];

const soon = async (isTrue: () => boolean, limitMs = 60_000): Promise<boolean> => {
  for (const end = Date.now() + limitMs; Date.now() < end; ) {
    if (isTrue()) return true;
    await new Promise((retry) => setTimeout(retry, 30));
  }
  return isTrue();
};

/** Also a process that has ended and that nobody has reaped yet is gone. */
const isRunning = (pid: number): boolean => {
  try {
    return !/^State:\s*[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
};

const childrenOf = (pid: number | undefined): readonly number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ').filter(Boolean).map(Number);

const namesOf = (path: string): readonly (string | undefined)[] => readCapture(path).interfaces.map(({ name }) => name);

const countsByPoint = (path: string): readonly number[] => {
  const { interfaces, packets } = readCapture(path);
  return interfaces.map((_, n) => packets.filter(({ tap }) => tap === n).length);
};

/** Wireshark's own opinion, where it is installed. */
const expectReadable = (path: string, packets: number): void => {
  expect(readCapture(path).packets.length).toBe(packets);
  if (missingNeed('tool:tshark') !== undefined) return;
  const lines = execFileSync('tshark', ['-n', '-r', path, '-T', 'fields', '-e', 'frame.number'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  expect(lines.split('\n').filter(Boolean).length).toBe(packets);
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'vethscope-capture-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let made = 0;
const newFile = (): string => join(folder, `${++made}.pcapng`);

const setUp = async (): Promise<void> => {
  net = buildCaptureNetwork(`vs-cap-${process.pid}-`);
  session = createSession([await openLocalHost()], { engine: 'none' });
  await session.start({ follow: false });
};
const tearDown = async (): Promise<void> => {
  for (const program of programs) program.kill('SIGKILL');
  programs = [];
  await session.close();
  net.remove();
};

interface Running {
  readonly capture: RunningCapture;
  readonly news: readonly CaptureNews[];
}

const start = async (question: Partial<CaptureQuestion>): Promise<Running> => {
  const news: CaptureNews[] = [];
  const capture = await session.capture({ points: net.points, filter: 'icmp', ...question }, (one) => news.push(one));
  if ('error' in capture) throw new Error(capture.error);
  return { capture, news };
};

/** The program itself, ready when it says so. */
const startProgram = async (args: readonly string[]): Promise<{ program: ChildProcess; said: () => string }> => {
  const program = spawn(process.execPath, [cli, 'capture', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  programs.push(program);
  let said = '';
  program.stderr?.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  expect(await soon(() => said.includes('ends ') || program.exitCode !== null, 60_000), said).toBe(true);
  expect(program.exitCode, said).toBe(null);
  return { program, said: () => said };
};

const exitOf = async (program: ChildProcess): Promise<number | null> => {
  if (program.exitCode === null && program.signalCode === null)
    await new Promise((resolve) => program.once('exit', resolve));
  return program.exitCode;
};

const readers = [
  { reader: 'tcpdump', on: withTcpdump },
  { reader: 'native', on: withNative },
] as const;

for (const { reader, on } of readers)
  on.describe(`a capture at four points, read by ${reader}`, () => {
    beforeEach(setUp);
    afterEach(tearDown);

    on.test('shows each packet at each point, later at the next, and says so in the file', async () => {
      const file = newFile();
      const { capture, news } = await start({ reader, file });
      net.ping(3);
      expect(await soon(() => capture.state().packets === 24), JSON.stringify(capture.state().points)).toBe(true);
      const last = await capture.stop();
      expect(last.points.map(({ counts, gap, packets }) => [packets, counts?.dropped, gap])).toEqual(
        net.points.map(() => [6, 0, undefined]),
      );
      expectReadable(file, 24);
      expect(namesOf(file)).toEqual(net.points.map((word) => word.replace('netns:', '')));
      expect(statSync(file).mode & 0o777).toBe(0o600);
      const told = news
        .flatMap((one) => (one.kind === 'packets' ? one.packets : []))
        .toSorted((a, b) => Number(a.at - b.at));
      // The first request and its answer: nobody has seen them earlier than the point before.
      expect(told.slice(0, 8).map(({ tap }) => tap)).toEqual([0, 1, 2, 3, 3, 2, 1, 0]);
      expect(readCapture(file).interfaces.map(({ counts }) => counts?.dropped)).toEqual([0, 0, 0, 0]);
    });

    on.test('counts what the kernel dropped, so that file and kernel agree to the packet', async () => {
      const file = newFile();
      const { capture } = await start({ reader, file, filter: 'udp port 9', snapLength: 96 });
      await net.flood(20_000);
      const settled = ({ points }: CaptureState): boolean =>
        points.every(({ counts, packets }) => counts !== undefined && counts.received === packets + counts.dropped);
      expect(await soon(() => settled(capture.state())), JSON.stringify(capture.state().points)).toBe(true);
      const last = await capture.stop();
      for (const { counts } of last.points) expect(counts?.received).toBe(20_000);
      const { interfaces } = readCapture(file);
      expect(countsByPoint(file)).toEqual(interfaces.map(({ counts }) => 20_000 - (counts?.dropped ?? -1)));
      expect(interfaces.map(({ counts }) => counts)).toEqual(last.points.map(({ counts }) => counts));
    });

    on.test('leaves a readable file and no process when the program is killed', async () => {
      const file = newFile();
      const { program } = await startProgram([...net.points, '--reader', reader, '-f', 'icmp', '-w', file]);
      net.ping(3);
      expect(await soon(() => readCapture(file).packets.length === 24)).toBe(true);
      const children = childrenOf(program.pid);
      expect(children.filter(isRunning).length).toBe(reader === 'tcpdump' ? 4 : 1);
      program.kill('SIGKILL');
      expect(await soon(() => !children.some(isRunning)), children.join(' ')).toBe(true);
      expectReadable(file, 24);
    });

    on.test('goes on elsewhere when a link is deleted, and says which point ended', async () => {
      const file = newFile();
      const { capture } = await start({ reader, file, points: [net.points[0]!, `netns:${net.bridge}/br0`] });
      net.ping(2);
      expect(await soon(() => capture.state().packets >= 4)).toBe(true);
      execFileSync('ip', ['-n', net.left, 'link', 'del', 'eth0']);
      expect(await soon(() => capture.state().points[0]?.phase === 'ended')).toBe(true);
      expect(capture.state().points[1]?.phase).toBe('running');
      const last = await capture.stop();
      expect(last.points[0]?.gap).toMatchObject({ reason: 'vanished' });
      expectReadable(file, 4);
    });

    on.test('does not keep a netns alive that everybody else has left', async () => {
      const file = newFile();
      const { capture } = await start({ reader, file, points: [net.points[0]!, net.points[1]!] });
      net.ping(2);
      expect(await soon(() => capture.state().packets === 8)).toBe(true);
      execFileSync('ip', ['netns', 'del', net.left]);
      expect(await soon(() => capture.state().points[0]?.phase === 'ended')).toBe(true);
      expect(capture.state().points[0]?.gap).toMatchObject({ reason: 'vanished' });
      // The pair ends with the netns: so does the capture at its other end.
      const links = (): string => execFileSync('ip', ['-n', net.bridge, 'link'], { encoding: 'utf8' });
      expect(await soon(() => !links().includes(' v1@')), links()).toBe(true);
      await capture.stop();
      expectReadable(file, 8);
    });
  });

withTcpdump.describe('a capture', () => {
  beforeEach(setUp);
  afterEach(tearDown);
  const { test } = withTcpdump;

  test('tells when its tcpdump was killed, and keeps what it had read', async () => {
    const file = newFile();
    const points = net.points.slice(0, 2);
    const { program, said } = await startProgram([...points, '-f', 'icmp', '-w', file]);
    net.ping(2);
    expect(await soon(() => readCapture(file).packets.length === 8)).toBe(true);
    for (const pid of childrenOf(program.pid)) process.kill(pid, 'SIGKILL');
    expect(await exitOf(program), said()).toBe(3);
    expect(said()).toContain('it was ended by SIGKILL');
    expectReadable(file, 8);
  });

  test('ends in order with Ctrl-C, and says so with its exit code', async () => {
    const file = newFile();
    const { program, said } = await startProgram([net.points[0]!, '-f', 'icmp', '-w', file]);
    net.ping(1);
    program.kill('SIGINT');
    expect(await exitOf(program)).toBe(130);
    expect(said()).toContain(`into ${file}, ends after 10 min, before 100 MiB, with Ctrl-C`);
    expectReadable(file, 2);
    expect(readCapture(file).interfaces[0]?.counts).toEqual({ received: 2, dropped: 0 });
  });

  test('ends when nobody reads its stream any more', async () => {
    const { program } = await startProgram([net.points[0]!, '-f', 'icmp', '-w', '-']);
    const children = childrenOf(program.pid);
    program.stdout?.destroy();
    const ended = exitOf(program);
    // A pipe tells that its reader has gone only to who writes.
    for (let n = 0; n < 20 && program.exitCode === null; n++) net.ping(1);
    expect(await ended).toBe(0);
    expect(children.some(isRunning)).toBe(false);
  });

  test('keeps the file whole when the disk is full', async () => {
    const [disk, copy] = [join(folder, 'disk'), newFile()];
    // A disk of its own, in a mount namespace that ends with the program.
    const script =
      'mkdir "$1" && mount -t tmpfs -o size=64k vethscope-test "$1" && "$3" "$4" capture "$5" -s 200 -f "udp port 9" -w "$1/f.pcapng"; code=$?; cp "$1/f.pcapng" "$2"; exit $code';
    const argv = ['-m', 'sh', '-c', script, 'sh', disk, copy, process.execPath, cli, net.points[0]!];
    const program = spawn('unshare', argv, { stdio: ['ignore', 'ignore', 'pipe'] });
    programs.push(program);
    let said = '';
    program.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
    });
    expect(await soon(() => said.includes('ends ')), said).toBe(true);
    await net.flood(2000);
    expect(await exitOf(program), said).toBe(3);
    expect(said).toContain('the disk is full');
    const { packets, rest, broken } = readCapture(copy);
    expect([rest, broken]).toEqual([0, undefined]);
    expect(packets.length).toBeGreaterThan(100);
    expectReadable(copy, packets.length);
  });

  test('refuses what cannot be, and leaves no file', async () => {
    const file = newFile();
    const refused = async (question: Partial<CaptureQuestion>) =>
      session.capture({ points: net.points, file, ...question }, () => {});
    expect(await refused({ filter: 'no such words' })).toMatchObject({ reason: 'invalid' });
    expect(await refused({ filter: 'no such words', reader: 'native' })).toMatchObject({ reason: 'invalid' });
    expect(await refused({ points: ['netns:nowhere'] })).toMatchObject({ reason: 'not-found' });
    expect(existsSync(file)).toBe(false);
  });
});
