/** Puts back exactly what a change touched, where its undo commands alone did not. */
import type { Host } from '../host/host.ts';
import type { Command, CommandResult } from '../model/change.ts';
import type { Before } from './journal/journal-record.ts';
import { readTouched } from './read-touched.ts';
import { describeTouch } from './state/touch.ts';

/** One chain, in one commit: order and positions as they were. Rules of other chains stay (--noflush). */
const restoreChain = ({ touch, text }: Before): Command | undefined => {
  if (touch.kind !== 'chain' || text === '') return undefined;
  const rules = text.split('\n').filter((line) => line.startsWith('-A '));
  const policy = /^:(\S+) (ACCEPT|DROP)$/m.exec(text);
  const head = policy === null ? [] : [`:${policy[1]} ${policy[2]} [0:0]`];
  return {
    argv: [`${touch.tool}-restore`, '-w', '--noflush'],
    stdin: [`*${touch.table}`, ...head, `-F ${touch.chain}`, ...rules, 'COMMIT', ''].join('\n'),
    ...(touch.netns === undefined ? {} : { netns: touch.netns }),
  };
};

const restoreSysctl = ({ touch, text }: Before): Command | undefined =>
  touch.kind !== 'sysctl' || text === 'absent'
    ? undefined
    : { argv: ['sysctl', '-w', `${touch.name}=${text}`], ...(touch.netns === undefined ? {} : { netns: touch.netns }) };

const explain = ({ command, stderr, exitCode }: CommandResult): string =>
  `${command.argv.join(' ')}: ${stderr.trim().split('\n')[0] || `exit code ${exitCode}`}`;

/** What is still not as it was: names of things. */
export const findDifferences = async (host: Host, before: readonly Before[]): Promise<readonly string[]> => {
  const now = await readTouched(
    host,
    before.map(({ touch }) => touch),
  );
  if ('error' in now) return [now.error];
  return before.filter(({ text }, at) => now[at]!.text !== text).map(({ touch }) => describeTouch(touch));
};

/** Tells what could not be put back; [] when all is as it was. */
export const restoreTouched = async (host: Host, before: readonly Before[]): Promise<readonly string[]> => {
  const failures: string[] = [];
  for (const one of before) {
    if ((await findDifferences(host, [one])).length === 0) continue;
    const command = restoreChain(one) ?? restoreSysctl(one);
    if (command === undefined) continue;
    const result = await host.change(command);
    if (result.exitCode !== 0) failures.push(explain(result));
  }
  const different = await findDifferences(host, before);
  return different.length === 0 ? [] : [...different, ...failures];
};
