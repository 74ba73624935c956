/** What it means for the picture when a reading tool did not answer. */
import type { Gap } from '../../model/gap.ts';
import type { NetnsId } from '../../model/ids.ts';
import type { RunOutcome } from '../run-command.ts';

/** The package that brings a tool, where the name does not say. */
const packages: Readonly<Record<string, string>> = {
  nsenter: 'util-linux',
  nft: 'nftables',
  'iptables-nft-save': 'iptables',
  'ip6tables-nft-save': 'iptables',
  'iptables-legacy-save': 'iptables',
  'ip6tables-legacy-save': 'iptables',
};

/** `outcome` is anything but success. */
export function gapOfRun(tool: string, outcome: RunOutcome, netns: NetnsId): Gap {
  switch (outcome.end) {
    case 'not-found': {
      const wanted = outcome.program === 'nsenter' ? 'nsenter' : tool;
      const detail = `there are rules, but no ${wanted} to print them`;
      return { source: tool, netns, reason: 'missing', detail, howToSee: `install ${packages[wanted] ?? wanted}` };
    }
    case 'slow':
      return { source: tool, netns, reason: 'slow', detail: 'no answer within the time limit' };
    case 'too-long':
      return { source: tool, netns, reason: 'truncated', detail: 'printed more than we read' };
    case 'stopped':
      return { source: tool, netns, reason: 'slow', detail: 'stopped before it had answered' };
    case 'failed':
      return { source: tool, netns, reason: 'invalid', detail: outcome.detail };
    case 'exited': {
      const said = outcome.stderr.trim().split('\n')[0] || `exit code ${outcome.exitCode}`;
      const forbidden = /permission denied|operation not permitted|must be root/i.test(outcome.stderr);
      return forbidden
        ? { source: tool, netns, reason: 'forbidden', detail: said, howToSee: 'run as root' }
        : { source: tool, netns, reason: 'invalid', detail: said };
    }
  }
}
