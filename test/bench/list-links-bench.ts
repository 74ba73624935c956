/** `list links --json` as a whole process with many netns, beside plotnetcfg, the kernel's raw dumps, and `nsenter … ip -j`. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { PROGRAM } from '../lab/vethscope.ts';
import { findTool } from '../support/needs.ts';
import { median, raceProcesses } from './measure-process.ts';
import { growFarm, inFarm } from './netns-farm.ts';
import { programFlags } from './program-flags.ts';

export interface ListLinksTimes {
  readonly netns: number;
  readonly oursMs: number;
  /** Absent where plotnetcfg is not installed. */
  readonly plotnetcfgMs?: number;
  /** What the kernel alone takes for the links, addresses and nsids of all netns. */
  readonly rawDumpsMs: number;
  /** One `nsenter … ip -j -d addr` after the other for all netns; measured on a part of them. */
  readonly nsenterMs: number;
}

const RAW = fileURLToPath(new URL('raw-dumps.ts', import.meta.url));
const PART = 50;

export const measureListLinks = async (netns: number, rounds: number): Promise<ListLinksTimes> => {
  const farm = await growFarm(netns);
  try {
    const [node = '', program = ''] = PROGRAM;
    const plotnetcfg = findTool('plotnetcfg');
    const one = 'for n in $(seq 1 "$0"); do nsenter --net=/run/netns/n$n ip -j -d -s addr >/dev/null; done';
    const times = raceProcesses(
      [
        { name: 'ours', argv: inFarm(farm, [node, ...programFlags(), program, 'list', 'links', '--json']) },
        ...(plotnetcfg === undefined ? [] : [{ name: 'plotnetcfg', argv: inFarm(farm, [plotnetcfg, '-f', 'json']) }]),
        { name: 'nsenter', argv: inFarm(farm, ['sh', '-c', one, String(PART)]) },
      ],
      rounds,
    );
    const [raw = '', ...rawArgs] = inFarm(farm, [node, RAW]);
    const rawDumpsMs = median(
      Array.from({ length: rounds }, () => Number(spawnSync(raw, rawArgs, { encoding: 'utf8' }).stdout)),
    );
    const plotnetcfgMs = times.get('plotnetcfg');
    return {
      netns,
      oursMs: times.get('ours') ?? Number.NaN,
      rawDumpsMs,
      nsenterMs: ((times.get('nsenter') ?? Number.NaN) / PART) * netns,
      ...(plotnetcfgMs === undefined ? {} : { plotnetcfgMs }),
    };
  } finally {
    farm.end();
  }
};
