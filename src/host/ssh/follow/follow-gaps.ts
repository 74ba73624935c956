/** What of the other machine can change without our hearing of it. */
import type { Gap } from '../../../model/gap.ts';
import type { Netns } from '../../../model/netns.ts';

const howToSee = 'refresh';

/** Those that `ip monitor all-nsid` listens to have a number in the login's netns. */
const countSilent = (netns: readonly Netns[]): number => {
  const numbered = new Set(netns.find(({ isHost }) => isHost)?.nsids.map((one) => one.netns) ?? []);
  return netns.filter(({ id, isHost, inode }) => !isHost && inode > 0 && !numbered.has(id)).length;
};

export const followGaps = (netns: readonly Netns[], hasNft: boolean): readonly Gap[] => {
  const silent = countSilent(netns);
  return [
    {
      source: 'ip monitor over SSH',
      reason: 'unsupported',
      detail:
        'neighbours, forwarding entries, sockets and most sysctls are read again only when something else of their netns changes',
      howToSee,
    },
    hasNft
      ? {
          source: 'nft monitor over SSH',
          reason: 'unsupported',
          detail: 'changed rules are heard of in the netns of the login only, those of iptables-legacy in none',
          howToSee,
        }
      : {
          source: 'nft monitor over SSH',
          reason: 'missing',
          detail: 'there is no nft to tell of changed rules',
          howToSee: 'install nftables there, or refresh',
        },
    ...(silent === 0
      ? []
      : [
          {
            source: 'ip monitor over SSH',
            reason: 'missing' as const,
            detail: `${silent} namespaces have no number in the host's, so nothing is heard of them`,
            howToSee,
          },
        ]),
  ];
};
