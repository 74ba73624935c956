/** WireGuard links, whoever set them up. */
import { labelOf, type System } from './system.ts';

export const wireguardSystem: System = {
  name: 'wireguard',
  labelTable({ table }) {
    const link = /^wg-quick-(.+)$/.exec(table.name)?.[1];
    return table.backend !== 'nft' || link === undefined
      ? undefined
      : labelOf('wg-quick')(`keeps packets for the address of ${link} from coming in elsewhere`);
  },
  labelChain({ table }) {
    const link = /^wg-quick-(.+)$/.exec(table.name)?.[1];
    return table.backend !== 'nft' || link === undefined
      ? undefined
      : labelOf('wg-quick')(`keeps packets for the address of ${link} from coming in elsewhere`);
  },
  labelRule({ rule }) {
    const link = rule.comments
      .map((comment) => /^wg-quick\(8\) rule for (.+)$/.exec(comment)?.[1])
      .find((name) => name !== undefined);
    return link === undefined ? undefined : labelOf('wg-quick')(`a rule of tunnel ${link}`);
  },
  labelLink({ link }) {
    return link.kind === 'wireguard' ? labelOf('WireGuard')('encrypted tunnel') : undefined;
  },
};
