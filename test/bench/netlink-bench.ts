/**
 * How long reading N netns takes: the kernel's raw dumps alone, our reader, and `nsenter … ip -j` per netns.
 * `node test/bench/netlink-bench.ts [N…]` as root; with `--inside` it measures the machine it runs on.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { discoverQuickly } from '../../src/host/namespaces/discover.ts';
import { stayingHome } from '../../src/host/namespaces/open-netns.ts';
import { newArena } from '../../src/host/netlink/kernel/arena.ts';
import { ask } from '../../src/host/netlink/kernel/netlink-socket.ts';
import { idOf } from '../../src/host/netlink/kernel/netns-pass.ts';
import { getAddresses, getLinks, getNsids } from '../../src/host/netlink/kernel/requests.ts';
import { visitNetns } from '../../src/host/netlink/kernel/visit.ts';
import { startReader } from '../../src/host/netlink/reader.ts';
import type { HostId } from '../../src/model/ids.ts';
import { growFarm, inFarm } from './netns-farm.ts';

const time = (act: () => void): number => {
  const began = performance.now();
  act();
  return performance.now() - began;
};
const best = (times: readonly number[]): string => Math.min(...times).toFixed(1);

/** Open, enter, socket, links, addresses, nsids, close: nothing decoded. */
const rawDumps = (): number => {
  const arena = newArena(1024 * 1024);
  const { found } = discoverQuickly([], []);
  return time(() =>
    stayingHome(() => {
      for (const netns of found.byInode.values()) {
        visitNetns(idOf('bench', netns), netns, [], ({ route }) => {
          for (const request of [getLinks, getAddresses, getNsids]) ask(route, request, arena);
          arena.length = 0;
        });
      }
    }),
  );
};

const measureHere = async (): Promise<void> => {
  const raw = [1, 2, 3].map(rawDumps);
  const reader = startReader({ host: 'bench' as HostId });
  const began = performance.now();
  const first = await reader.read({ parts: ['links', 'addresses'], search: 'quick' });
  const cold = performance.now() - began;
  const warm: number[] = [];
  for (let round = 0; round < 3; round++)
    warm.push((await reader.read({ parts: ['links', 'addresses'], search: 'quick' })).timings.totalMs);
  const full = (await reader.read({ parts: ['links', 'addresses'], search: 'full' })).timings;
  const everything = (
    await reader.read({
      parts: [
        'links',
        'addresses',
        'routes',
        'policyRules',
        'neighbours',
        'fdb',
        'vlans',
        'sysctls',
        'sockets',
        'conntrack',
        'ruleset',
      ],
    })
  ).timings;
  await reader.close();
  const paths = first.netns
    .flatMap((netns) =>
      netns.holders
        .filter((holder) => holder.kind === 'mount')
        .slice(0, 1)
        .map((holder) => holder.path)
        .filter((path) => /netns.n[0-9]+$/.test(path)),
    )
    .slice(0, 50);
  const tool = time(() => {
    for (const path of paths)
      execFileSync('nsenter', [`--net=${path}`, 'ip', '-j', '-d', '-s', 'addr'], { stdio: 'ignore' });
  });
  const count = first.netns.length;
  console.log(
    JSON.stringify(
      {
        netns: count,
        rawDumpsMs: best(raw),
        coldMs: cold.toFixed(1),
        coldTimings: first.timings,
        warmMs: best(warm),
        fullSearchMs: full,
        everythingMs: everything,
        nsenterIpPerNetnsMs: (tool / Math.max(1, paths.length)).toFixed(2),
        oursPerNetnsMs: (Math.min(...warm) / count).toFixed(3),
      },
      null,
      1,
    ),
  );
};

if (process.argv.includes('--inside')) await measureHere();
else {
  for (const count of process.argv.slice(2).map(Number)) {
    const farm = await growFarm(count);
    const argv = inFarm(farm, [process.execPath, fileURLToPath(import.meta.url), '--inside']);
    try {
      console.log(execFileSync(argv[0] ?? '', argv.slice(1)).toString());
    } finally {
      farm.end();
    }
  }
}
