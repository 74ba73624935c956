/** Puts back exactly what a change touched, where its undo commands alone did not. */
import type { Host } from '../host/host.ts';
import type { CommandResult } from '../model/change.ts';
import type { Before } from './journal/journal-record.ts';
import { readState } from './state/read-state.ts';
import { restoreCommands } from './state/restore-commands.ts';
import { isSameState } from './state/same-state.ts';
import { describeTouch, type Touch } from './state/touch.ts';

const explain = ({ command, stderr, exitCode }: CommandResult): string =>
  `${command.argv.join(' ')}: ${stderr.trim().split('\n')[0] || `exit code ${exitCode}`}`;

/** What is not as it was: names of things. */
export const findDifferences = async (host: Host, before: readonly Before[]): Promise<readonly string[]> => {
  const different: string[] = [];
  for (const { touch, text } of before) {
    const now = await readState(host, touch);
    if ('error' in now) different.push(now.error);
    else if (!isSameState(touch, text, now.text)) different.push(describeTouch(touch));
  }
  return different;
};

/** What others hang on comes first: ports on links, routes on addresses. */
const order: readonly Touch['kind'][] = [
  'sysctl',
  'link',
  'bridge-port',
  'vlans',
  'fdb',
  'addresses',
  'link-routes',
  'routes',
  'neighbours',
  'port-state',
  'qdisc',
  'chain',
  'nft-table',
  'policy-rules',
  'sysctls',
];

const restoreOne = async (host: Host, { touch, ...was }: Before, passed: number): Promise<readonly string[]> => {
  const now = await readState(host, touch);
  if ('error' in now || isSameState(touch, was.text, now.text)) return [];
  const commands = restoreCommands(touch, { ...was, passed }, now.text);
  if (commands === undefined) return [`${describeTouch(touch)} cannot be made again`];
  const failures: string[] = [];
  for (const command of commands) {
    const result = await host.change(command);
    if (result.exitCode !== 0) failures.push(explain(result));
  }
  return failures;
};

/** `passed`: seconds since it was read. Tells what could not be put back; [] when all is as it was. */
export const restoreTouched = async (host: Host, before: readonly Before[], passed = 0): Promise<readonly string[]> => {
  const ordered = before.toSorted((a, b) => order.indexOf(a.touch.kind) - order.indexOf(b.touch.kind));
  let failures: string[] = [];
  // Putting one thing back can take another along: a link that is switched off loses its routes.
  for (let pass = 0; pass < 2; pass++) {
    failures = [];
    for (const one of ordered) failures.push(...(await restoreOne(host, one, passed)));
    if (failures.length === 0 && (await findDifferences(host, before)).length === 0) return [];
  }
  const different = await findDifferences(host, before);
  return different.length === 0 ? [] : [...different, ...failures];
};
