import { spawnSync } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import type { CaptureAnalysis } from '../../src/capture/analysis.ts';
import { createAnalysis } from '../../src/capture/create-analysis.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { captureDocument } from '../../src/report/capture/capture-document.ts';
import { captureSchema } from '../../src/report/schemas/capture-schema.ts';
import { createSession, type Session, type TraceQuestion } from '../../src/session.ts';
import { requires } from '../support/requires.ts';
import { buildLiveNetwork, inNetns, type LiveNetwork } from './live-network.ts';

/** Real packets through a real router: where they vanish must be where something was put in their way. */
const { test } = requires('root', 'tool:ip', 'tool:nft', 'tool:nsenter', 'tool:tcpdump', 'kernel:veth', 'kernel:nft');

let net: LiveNetwork;
let session: Session;
const listenerAddress = '10.91.2.2';
const front = '10.91.1.1';

beforeAll(async () => {
  net = await buildLiveNetwork(`vs-match-${process.pid}-`);
  session = createSession([await openLocalHost()], { engine: 'none' });
  await session.start({ follow: false });
}, 120_000);
afterAll(async () => {
  await session.close();
  net.remove();
});
afterEach(() => {
  for (const name of [net.client, net.router, net.server]) inNetns(name, ['nft', 'flush', 'ruleset']);
});

const translate =
  'add table ip t { chain a { type nat hook prerouting priority -100; tcp dport 8080 dnat to 10.91.2.2:80; }; chain b { type nat hook postrouting priority 100; oifname "v2" masquerade; }; }';
const drop = (match: string): string =>
  `add table ip f { chain c { type filter hook forward priority 0; ${match} drop; }; }`;

/** Whether it comes through is what the capture must tell. */
const connect = (address: string, port: number): void => {
  const code = `const s=require('node:net').connect(${port},'${address}',()=>s.end('hello'));s.setTimeout(700,()=>s.destroy());s.on('error',()=>{});s.resume()`;
  spawnSync('nsenter', [`--net=/run/netns/${net.client}`, process.execPath, '-e', code], { timeout: 20_000 });
};

const sendDatagrams = (address: string, ...sizes: readonly number[]): void => {
  const code = `const s=require('node:dgram').createSocket('udp4');let n=0;for(const size of ${JSON.stringify(sizes)})s.send(Buffer.alloc(size,size%251),80,'${address}',()=>{if(++n===${sizes.length})s.close()})`;
  spawnSync('nsenter', [`--net=/run/netns/${net.client}`, process.execPath, '-e', code], { timeout: 20_000 });
};

const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

/** Captures along the path, sends, and waits until it is clear what became of it. */
const capture = async (to: string, send: () => void, isClear: (analysis: CaptureAnalysis) => boolean) => {
  await session.refresh();
  const path: TraceQuestion = { from: `netns:${net.client}`, to };
  const trace = session.trace(path);
  if ('error' in trace) throw new Error(trace.error);
  const points = await session.capturePoints({ points: [], path });
  if ('error' in points) throw new Error(points.error);
  const analysis = createAnalysis(points, { trace });
  const running = await session.capture({ points: [], path }, (news) => analysis.feed(news, now()));
  if ('error' in running) throw new Error(running.error);
  send();
  for (let tries = 0; tries < 600 && !isClear(analysis); tries++) {
    await pause(50);
    analysis.settle(now());
  }
  const state = await running.stop();
  analysis.feed({ kind: 'state', state }, now());
  analysis.settle('end');
  const graph = session.state().graph;
  if (graph === undefined) throw new Error('no graph');
  const document = captureDocument(graph, { state, analysis, trace, now: now() });
  expect(captureSchema.safeParse(document).error?.issues ?? []).toEqual([]);
  return { analysis, document, names: points.map(({ name }) => name) };
};

/** Of what the test itself sends now: solicitations of the kernel and an earlier test's last tries come as they like. */
const hasLoss =
  (proto: 'tcp' | 'udp') =>
  (analysis: CaptureAnalysis): boolean =>
    analysis.losses().some(({ tuple }) => tuple.proto === proto);
const at = (where: string, ifname: string): string => `${where}/${ifname}`;

test('a connection through DNAT and masquerading is one row a packet at every point, both ways', async () => {
  inNetns(net.router, ['nft', translate]);
  const { analysis, document, names } = await capture(
    `${front}:8080`,
    () => connect(front, 8080),
    (one) =>
      one.rows().some(({ notes, direction }) => direction === 'reply' && notes !== undefined) &&
      one.flows(now()).some(({ state }) => state === 'closed' || state === 'closing'),
  );
  expect(names).toEqual([at(net.client, 'v0'), at(net.router, 'v1'), at(net.router, 'v2'), at(net.server, 'v0')]);
  const rows = analysis.rows().filter(({ direction }) => direction !== undefined);
  const [syn, answer] = rows;
  expect(syn?.sightings.map(({ point, changes }) => [point, ...changes])).toEqual([
    [0],
    [1],
    [2, 'dnat', 'snat', 'ttl'],
    [3],
  ]);
  expect(syn?.sightings[3]?.tuple).toMatchObject({ src: '10.91.2.1', dst: listenerAddress, dport: 80 });
  expect(answer?.sightings.map(({ point }) => point)).toEqual([3, 2, 1, 0]);
  expect(answer?.sightings[3]?.tuple).toMatchObject({ src: front, sport: 8080 });
  expect(new Set(rows.map(({ flow }) => flow)).size).toBe(1);
  expect(rows.filter(({ state }) => state.kind === 'lost')).toEqual([]);
  for (const { sightings } of rows)
    expect(sightings.map(({ delay }) => delay)).toEqual(
      sightings.map(({ delay }) => delay).toSorted((a, b) => Number(a - b)),
    );
  expect(document.flows.find(({ proto }) => proto === 'tcp')).toMatchObject({
    from: { address: '10.91.1.2' },
    losses: [],
  });
});

test('a rule that drops the request is named, and the point after which it vanishes', async () => {
  inNetns(net.router, ['nft', translate]);
  inNetns(net.router, ['nft', drop('tcp dport 80')]);
  const { document } = await capture(`${front}:8080`, () => connect(front, 8080), hasLoss('tcp'));
  const flow = document.flows.find(({ proto }) => proto === 'tcp');
  expect(flow?.lostAfter).toBe(at(net.router, 'v1'));
  expect(flow?.losses[0]).toMatchObject({ direction: 'forward', before: at(net.router, 'v2') });
  expect(flow?.losses[0]?.candidates[0]).toMatchObject({ basis: 'model', text: 'f c rule 1: tcp dport 80 drop' });
});

test('a rule that drops the reply is named, behind NAT too', async () => {
  inNetns(net.router, ['nft', translate]);
  inNetns(net.router, ['nft', drop('tcp sport 80')]);
  const { document } = await capture(`${front}:8080`, () => connect(front, 8080), hasLoss('tcp'));
  const flow = document.flows.find(({ proto }) => proto === 'tcp');
  expect(flow?.lostAfter).toBe(at(net.router, 'v2'));
  expect(flow?.losses[0]).toMatchObject({ direction: 'back', before: at(net.router, 'v1') });
  expect(flow?.losses[0]?.candidates[0]).toMatchObject({ basis: 'model', text: 'f c rule 1: tcp sport 80 drop' });
});

test('a rule made after the picture is a loss the model did not foresee, told as such', async () => {
  inNetns(net.router, ['nft', translate]);
  const { document } = await capture(
    `${front}:8080`,
    () => {
      inNetns(net.router, ['nft', drop('tcp dport 80')]);
      connect(front, 8080);
    },
    hasLoss('tcp'),
  );
  const flow = document.flows.find(({ proto }) => proto === 'tcp');
  expect(flow?.lostAfter).toBe(at(net.router, 'v1'));
  expect(flow?.losses[0]?.candidates.map(({ basis }) => basis)).not.toContain('model');
  expect(flow?.losses[0]?.sentence).toContain('the model lets it pass there');
});

test('a neighbour that nobody is vanishes behind the router, and the asking for it is seen', async () => {
  const { document } = await capture(
    '10.91.2.99:80',
    () => connect('10.91.2.99', 80),
    (one) => one.losses().some(({ candidates }) => candidates.some(({ text }) => text.includes('who has'))),
  );
  const loss = document.flows.find(({ to }) => to.address === '10.91.2.99' && to.port === 80)?.losses[0];
  expect(loss).toMatchObject({ after: at(net.router, 'v1'), before: at(net.router, 'v2') });
  expect(loss?.candidates.some(({ text }) => text.includes('nobody answers who has 10.91.2.99'))).toBe(true);
});

test('an MTU that is smaller further on shows by the sizes that pass', async () => {
  inNetns(net.server, ['ip', 'link', 'set', 'v0', 'mtu', '1000']);
  const { document } = await capture(
    `${listenerAddress}:80/udp`,
    () => sendDatagrams(listenerAddress, 10, 100, 1200, 1300),
    hasLoss('udp'),
  );
  inNetns(net.server, ['ip', 'link', 'set', 'v0', 'mtu', '1500']);
  const loss = document.flows.find(({ proto }) => proto === 'udp')?.losses[0];
  expect(loss).toMatchObject({ after: at(net.router, 'v2'), before: at(net.server, 'v0'), packets: 2, of: 4 });
  expect(loss?.sentence).toContain('packets of up to 128 bytes went on from here');
});

test('an answer that has no way back is a question without answer, and its untranslated source is named', async () => {
  inNetns(net.server, ['ip', 'route', 'del', 'default']);
  const { document } = await capture(
    `${listenerAddress}:80`,
    () => connect(listenerAddress, 80),
    (one) => one.losses().some(({ kind }) => kind === 'unanswered'),
  );
  inNetns(net.server, ['ip', 'route', 'add', 'default', 'via', '10.91.2.1']);
  const loss = document.flows.find(({ proto }) => proto === 'tcp')?.losses[0];
  expect(loss).toMatchObject({ kind: 'unanswered', after: at(net.server, 'v0') });
  expect(loss?.candidates[0]?.text).toContain('its own source address 10.91.1.2, not translated');
});
