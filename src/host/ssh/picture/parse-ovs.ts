/** What ovs-vsctl and ovs-ofctl of the other machine printed → the answer OVSDB itself would give. */
import type { Gap } from '../../../model/gap.ts';
import type { Answer, OvsAnswer } from '../../host.ts';
import { parseRecordedOvs } from '../../recording/parse-recorded-ovs.ts';
import type { Frame } from '../frames.ts';

const tables = ['Bridge', 'Port', 'Interface'];

/** Tools are there, but no server: as good as no Open vSwitch. */
const isAbsent = (said: string): boolean =>
  /database connection failed \((No such file or directory|Connection refused)\)/.test(said);

export const parseOvs = (frames: readonly Frame[], hasOfctl: boolean): Answer<OvsAnswer | null> => {
  const gaps: Gap[] = [];
  const files = new Map<string, string>();
  for (const table of tables) {
    const said = frames.find(({ words }) => words[0] === 'ovs' && words[1] === table)?.body.trim() ?? '';
    if (isAbsent(said)) return { value: null, gaps: [] };
    if (said.startsWith('{')) files.set(`ovs-${table}.json`, said);
    else {
      const isForbidden = /permission denied/i.test(said);
      return {
        gaps: [
          {
            source: 'ovs-vsctl',
            reason: isForbidden ? 'forbidden' : 'invalid',
            detail: said.split('\n')[0] || 'no answer',
            ...(isForbidden ? { howToSee: 'log in as root, or let sudo -n start a shell' } : {}),
          },
        ],
      };
    }
  }
  for (const [index, { words, body }] of frames.entries()) {
    if (words[0] !== 'flows') continue;
    const end = body.indexOf('\n');
    const [bridge, text] = end < 0 ? [body, ''] : [body.slice(0, end), body.slice(end + 1)];
    if (!hasOfctl) continue;
    if (frames[index + 1]?.words[0] !== 'flows-failed') files.set(`ovs-flows-${bridge}.txt`, text);
    else
      gaps.push({
        source: `ovs-ofctl dump-flows ${bridge}`,
        reason: 'forbidden',
        detail: text.split('\n')[0] || 'no answer',
      });
  }
  if (!hasOfctl)
    gaps.push({
      source: 'ovs-ofctl',
      reason: 'missing',
      detail: 'what the flow tables of the bridges do with a packet cannot be read',
      howToSee: 'install openvswitch-switch (ovs-ofctl) there',
    });
  const refuse = (file: string) => (detail: string) => void gaps.push({ source: file, reason: 'invalid', detail });
  const value = parseRecordedOvs(files, refuse);
  return { ...(value === undefined ? {} : { value }), gaps };
};
