/** Bridges that follow their ports: MAC and MTU of a bridge are made from those of its ports unless somebody set them. */
import type { Host } from '../../host/host.ts';
import type { Command } from '../../model/change.ts';
import { readState } from './read-state.ts';
import type { Touch } from './touch.ts';

const followed = ['master', 'nomaster', 'mtu', 'address'];

const masterIn = (words: readonly string[]): readonly string[] => {
  const at = words.indexOf('master');
  return at === -1 ? [] : words.slice(at + 1, at + 2);
};

const masterNow = async (host: Host, touch: Touch): Promise<readonly string[]> => {
  const state = await readState(host, touch);
  if ('error' in state || !state.text.startsWith('{')) return [];
  const { master } = JSON.parse(state.text) as { master?: string };
  return master === undefined ? [] : [master];
};

/** As what goes along with the commands. */
export const findMasters = async (host: Host, commands: readonly Command[]): Promise<readonly Touch[]> => {
  const found: Touch[] = [];
  for (const { argv, netns } of commands) {
    const [tool, object, verb, ...words] = argv;
    if (tool !== 'ip' || object !== 'link' || verb !== 'set' || !followed.some((word) => words.includes(word)))
      continue;
    const at = words.indexOf('dev');
    const ifname = words[at + 1];
    if (ifname === undefined) continue;
    const where = netns === undefined ? {} : { netns };
    for (const master of [...(await masterNow(host, { kind: 'link', ifname, ...where })), ...masterIn(words)])
      found.push({ kind: 'link', ifname: master, effect: true, ...where });
  }
  return found;
};
