/** fail2ban: bans addresses that misbehave, one chain or set for each jail. */
import { labelOf, type System } from './system.ts';

const fail2ban = labelOf('fail2ban');
const jailOf = (chain: string): string | undefined => /^(?:f2b|fail2ban)-(.+)$/.exec(chain)?.[1];

export const fail2banSystem: System = {
  name: 'fail2ban',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'f2b-table'
      ? fail2ban('drops packets from banned addresses')
      : undefined;
  },
  labelChain({ table, chain }) {
    const jail = jailOf(chain.name);
    if (table.backend === 'nft')
      return table.name === 'f2b-table' ? fail2ban('drops packets from banned addresses') : undefined;
    return jail === undefined ? undefined : fail2ban(`addresses banned by jail ${jail}`);
  },
  labelRule({ table, chain, words }) {
    const jail = jailOf(words.target ?? '');
    if (jail !== undefined) return fail2ban(`checks whether jail ${jail} has banned the source`);
    const inside = jailOf(chain.name);
    if (table.backend === 'nft')
      return table.name === 'f2b-table' ? fail2ban('drops packets from banned addresses') : undefined;
    if (inside === undefined) return undefined;
    return fail2ban(
      words.src === undefined
        ? `goes back: not banned by jail ${inside}`
        : `${words.src.value} is banned by jail ${inside}`,
    );
  },
};
