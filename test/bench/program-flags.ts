/** How the first line of bin/vethscope starts Node: what is measured is what a user gets. */
import { readFileSync } from 'node:fs';

export const programFlags = (): readonly string[] => {
  const [first = ''] = readFileSync(new URL('../../bin/vethscope', import.meta.url), 'utf8').split('\n');
  return first.split(' ').filter((word) => word.startsWith('--'));
};
