/** Wires things in a world of its own, each looked at before, verified, and taken back; prints what came of them as JSON. */
import { execFileSync, spawnSync } from 'node:child_process';
import { buildDemo } from '../../src/demo/build-demo.ts';
import { enterDemo, INSIDE } from '../../src/demo/enter-demo.ts';
import { findStory } from '../../src/demo/stories.ts';
import { openLocalHost } from '../../src/host/local-host.ts';
import { createSession, type PlumbingQuestion } from '../../src/session.ts';

export interface PlumbCase {
  /** Lines run before, in the shell of the world's host. */
  readonly given?: readonly string[];
  readonly question: PlumbingQuestion;
  /** Shell lines: whether each succeeds before, after and when taken back. */
  readonly probes?: readonly string[];
}

const shell = (line: string): string => execFileSync('sh', ['-c', line], { encoding: 'utf8', stdio: 'pipe' });

const succeeds = (line: string): boolean => spawnSync('bash', ['-c', line]).status === 0;

/** Of every netns; what only time changes left out. */
const STATE = `
for n in "" web api db cache backup internet; do
  p=\${n:+nsenter --net=/run/netns/$n}; echo "== $n"
  $p ip -j -d link | sed 's/},{"ifindex"/}\\n{"ifindex"/g'; $p ip -o addr; $p ip -d -4 route show table all
  $p ip -d rule; $p ip neigh show nud permanent | sort
  $p bridge fdb show | grep -E 'permanent|static' | sort; $p bridge vlan; $p iptables-save
  $p sysctl -a -r '^net.ipv[46].(conf|ip_forward)' | grep -v stable_secret
done`;

const state = (): string =>
  shell(STATE)
    .replaceAll(/ \[\d+:\d+\]|valid_lft.*| linkdown|^.* inet6 fe80.*$|^33:33:.*$|^#.*$/gm, '')
    .replaceAll(/"(?:\w*timer|fdb_n_learned|operstate|tso_max_\w+|topology_change\w*)":(?:"[^"]*"|[\d.]+),?/g, '')
    .replaceAll(/"(?:LOWER_UP|NO-CARRIER|M-DOWN)",?/g, '')
    .replaceAll(',]', ']');

const differences = (before: string, after: string): readonly string[] => {
  const [old, fresh] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !fresh.includes(line)).map((line) => `- ${line}`),
    ...fresh.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
};

const run = async (cases: readonly PlumbCase[]): Promise<unknown> => {
  const host = await openLocalHost();
  const session = createSession([host]);
  const built = await buildDemo(host, findStory('healthy')!, { node: process.execPath });
  if ('error' in built) return built;
  const answers: unknown[] = [];
  for (const { given = [], question, probes = [] } of cases) {
    for (const line of given) shell(line);
    await (answers.length === 0 ? session.start({ follow: false }) : session.refresh());
    const fix = { finding: 'plumb', plumbing: question };
    const preview = await session.previewFix(fix);
    const [before, first] = [state(), probes.map(succeeds)];
    const change = await session.applyFix(fix);
    const then = probes.map(succeeds);
    const undone = await session.undo('id' in change ? change.id : undefined);
    const last = probes.map(succeeds);
    answers.push({ preview, change, undone, probes: [first, then, last], left: differences(before, state()) });
  }
  await session.close();
  return answers;
};

if (process.env[INSIDE] === undefined) {
  process.exitCode = await enterDemo([process.execPath, ...process.argv.slice(1)]);
} else {
  process.env['XDG_STATE_HOME'] = '/run/state';
  const answers = await run(JSON.parse(process.argv[2] ?? '[]') as PlumbCase[]);
  process.stdout.write(`${JSON.stringify(answers)}\n`, () => process.exit(0));
}
