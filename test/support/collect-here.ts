/** Collects everything of the machine it runs on, as `vethscope record` does, and prints how much it was: for tests that run it on a lab host. */
import { collect } from '../../src/collect/collect.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { RecordingHost } from '../../src/host/recording-host.ts';

const host = new RecordingHost(await openLocalHost());
const { netns, engines, gaps } = await collect(host);
if (process.argv[2] !== undefined) await host.save(process.argv[2], { redact: false });
await host.close();
process.stdout.write(
  `${JSON.stringify({
    netns: netns.length,
    containers: engines.flatMap(({ containers }) => containers).length,
    rules: netns.filter(({ ruleset }) => ruleset?.iptablesNft ?? ruleset?.iptablesLegacy ?? ruleset?.nft).length,
    files: engines.flatMap(({ containers }) => containers).filter(({ files }) => files?.resolvConf !== undefined)
      .length,
    gaps,
  })}\n`,
);
