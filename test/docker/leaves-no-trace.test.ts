/** Looking changes nothing: the state of a host before a full collect is its state after. */
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { type HostState, readHostState, stateDifferences } from '../support/host-state.ts';
import { requires } from '../support/requires.ts';
import { startStandardHost } from './standard-host.ts';

const collectHere = fileURLToPath(new URL('../support/collect-here.ts', import.meta.url));

const lab = requires('docker');

lab.describe.each(['nft', 'legacy'] as const)(
  'collecting everything of a host with Docker on iptables-%s',
  (iptables) => {
    lab.test(
      'leaves no link, address, route, rule, table, nsid, sysctl, module, mount, process or file behind',
      async () => {
        const { host, stop } = await startStandardHost({ iptables });
        const run = async (argv: readonly string[]) => (await host.run(argv, { mayFail: true })).stdout;
        try {
          const before = await readRestedState(run);
          const seen = JSON.parse(await run([process.execPath, collectHere]));
          expect(stateDifferences(before, await readHostState(run))).toEqual([]);
          expect(seen).toMatchObject({ containers: 15 });
          expect(seen.files).toBeGreaterThanOrEqual(14);
          expect(seen.netns).toBeGreaterThanOrEqual(14);
          expect(seen.rules).toBeGreaterThan(0);
        } finally {
          await stop();
        }
      },
    );
  },
);

/** A host that has just been built goes on settling for seconds: IPv6 addresses are tentative, bridges learn. */
async function readRestedState(run: (argv: readonly string[]) => Promise<string>): Promise<HostState> {
  let last = await readHostState(run);
  await vi.waitFor(
    async () => {
      const [before, now] = [last, await readHostState(run)];
      last = now;
      expect(stateDifferences(before, now)).toEqual([]);
    },
    { timeout: 60_000, interval: 2_000 },
  );
  return last;
}
