/** Times whole processes side by side: in turns, so that a busy moment of the machine meets all of them. */
import { spawnSync } from 'node:child_process';

export interface Contender {
  readonly name: string;
  readonly argv: readonly string[];
}

/** Middle of the values. */
export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const timeOnce = ({ name, argv }: Contender): number => {
  const [tool = '', ...args] = argv;
  const start = performance.now();
  const ran = spawnSync(tool, args, { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1024 ** 3 });
  if (ran.status !== 0) throw new Error(`${name}: ${ran.error?.message ?? ran.stderr.toString().trim()}`);
  return performance.now() - start;
};

/** Name → median of the rounds in ms. The first round, which warms caches, does not count. */
export const raceProcesses = (contenders: readonly Contender[], rounds: number): ReadonlyMap<string, number> => {
  const times = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round += 1)
    for (const contender of contenders) {
      const ms = timeOnce(contender);
      if (round > 0) times.get(contender.name)?.push(ms);
    }
  return new Map([...times].map(([name, values]) => [name, median(values)]));
};
