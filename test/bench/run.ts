/** `npm run bench`: one table of what is measured, beside a peer or a limit measured in the same run. `--quick`: fewer rounds. */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { missingNeed, type Need } from '../support/needs.ts';
import { measureFirstFrame } from './first-frame-bench.ts';
import { type ListLinksTimes, measureListLinks } from './list-links-bench.ts';
import { measureSsh } from './ssh-bench.ts';

const rounds = process.argv.includes('--quick') ? 1 : 5;

const row = (what: string, ours: string, beside: string, goal: string): void => {
  process.stdout.write(`${what.padEnd(44)}${ours.padStart(12)}  ${beside.padEnd(44)}${goal}\n`);
};
const ms = (value: number): string => `${value.toFixed(value < 10 ? 1 : 0)} ms`;
const times = (a: number, b: number): string => `${(a / b).toFixed(2)}x`;

/** Runs the part when this machine can, else says why not. */
const part = async (title: string, needs: readonly Need[], measure: () => Promise<void>): Promise<void> => {
  process.stdout.write(`\n${title}\n`);
  const missing = needs.map(missingNeed).find((reason) => reason !== undefined);
  if (missing === undefined) await measure();
  else process.stdout.write(`not run here: ${missing}\n`);
};

/** Ours beside the others with so many netns; goals hold for the numbers they were set for. */
const tellListLinks = (one: ListLinksTimes): void => {
  const title = `list links --json, ${one.netns} netns`;
  const plotnetcfg = one.plotnetcfgMs;
  row(
    title,
    ms(one.oursMs),
    plotnetcfg === undefined
      ? 'plotnetcfg: not installed'
      : `plotnetcfg ${ms(plotnetcfg)} = ${times(one.oursMs, plotnetcfg)}`,
    one.netns === 500 ? '<= 0.4x' : '',
  );
  row(
    '',
    '',
    `raw dumps ${ms(one.rawDumpsMs)} = ${times(one.oursMs, one.rawDumpsMs)}`,
    one.netns === 1000 ? '<= 4x' : '',
  );
  row('', '', `nsenter ip -j ${ms(one.nsenterMs)} = ${times(one.nsenterMs, one.oursMs)} of ours`, '>= 10x');
};

process.stdout.write(`${'what'.padEnd(44)}${'ours'.padStart(12)}  ${'beside'.padEnd(44)}goal\n`);

await part('Reading many netns', ['root', 'tool:ip', 'tool:unshare', 'tool:nsenter'], async () => {
  const few = await measureListLinks(100, rounds);
  const some = await measureListLinks(500, rounds);
  const many = await measureListLinks(1000, rounds);
  for (const one of [few, some, many]) tellListLinks(one);
  const cost = (from: ListLinksTimes, to: ListLinksTimes): number =>
    (to.oursMs - from.oursMs) / (to.netns - from.netns);
  const [before, after] = [cost(few, some), cost(some, many)];
  row(
    'cost of one more netns, 500 to 1,000',
    `${after.toFixed(2)} ms`,
    `100 to 500 ${before.toFixed(2)} ms = ${times(after, before)}`,
    '~1x',
  );
});

await part(
  'Another machine with 100 containers, over 100 ms and 1 % loss',
  ['docker', 'tool:sshd', 'tool:ssh', 'kernel:tun'],
  async () => {
    const one = await measureSsh(rounds);
    row('first picture', ms(one.pictureMs), `ssh there true ${ms(one.sshMs)}`, '<= 3000 ms');
    row('with rules, sockets and files', ms(one.wholeMs), '', '');
  },
);

await part('The screen on a Docker host with 20 containers', ['docker'], async () => {
  const one = await measureFirstFrame(rounds);
  row(
    'first frame',
    ms(one.firstFrameMs),
    `node -e 0 ${ms(one.nodeMs)} = ${times(one.firstFrameMs, one.nodeMs)}`,
    '<= 8x',
  );
  row(
    'all containers shown',
    ms(one.filledMs),
    `node -e 0 ${ms(one.nodeMs)} = ${times(one.filledMs, one.nodeMs)}`,
    '<= 14x',
  );
  row('a new container on the screen', ms(one.containerShownMs), 'after `docker run` has ended', '<= 100 ms');
  row('idle 5 s', `${one.idleBytes} B`, `${one.idleCpuMs} ms CPU`, '0 B, none');
});

/** Benches of their own areas, which print rows of their own. */
for (const [title, script, needs] of [
  ['The screen alone', 'ui-bench.ts', []],
  ['Rulesets', 'netfilter-bench.ts', []],
  [
    'Capturing 200,000 packets at four points',
    'capture-bench.ts',
    ['root', 'tool:ip', 'tool:nsenter', 'tool:ping', 'tool:tcpdump', 'kernel:veth', 'kernel:bridge'],
  ],
] as const) {
  await part(title, needs, async () => {
    const path = fileURLToPath(new URL(script, import.meta.url));
    process.stdout.write(
      execFileSync(process.execPath, [path], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }),
    );
  });
}
process.exit(0);
