/** Whether what a change touches could be put back exactly: known before anything is run. */
import type { Command } from '../../model/change.ts';
import { touchesOnlyKnown } from './find-touched.ts';
import { restoreQueue } from './restore-link.ts';
import { describeTouch, type Touch } from './touch.ts';

/** One sentence; undefined: it can be put back. `text`: how it stands now. */
export const whyNotRestorable = (touch: Touch, text: string): string | undefined => {
  if (touch.effect === true) return undefined;
  if (touch.kind === 'qdisc' && restoreQueue(touch.ifname, text) === undefined)
    return `${describeTouch(touch)} (${text.split('\n')[0]}) could not be made again as it is`;
  // nft prints rules of iptables-nft in words it does not read.
  if (touch.kind === 'nft-table' && /\bxt (?:match|target) /.test(text))
    return `${describeTouch(touch)} is made by iptables-nft: nft cannot write it back`;
  return undefined;
};

const deletesLink = ({ argv }: Command): boolean => /^ip( -\S+)* link (del|delete) /.test(argv.join(' '));

/** Also without undo commands: everything touched is known, and can be written. */
export const canRestore = (commands: readonly Command[]): boolean =>
  commands.length > 0 && touchesOnlyKnown(commands) && !commands.some(deletesLink);
