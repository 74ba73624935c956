/** One thing on a host that a command can change, small enough to be compared and put back. */

export type Touch = {
  /** The netns concerned (its NetnsId); absent: the host's own. */
  readonly netns?: string;
} & (
  | { readonly kind: 'chain'; readonly tool: string; readonly table: string; readonly chain: string }
  | { readonly kind: 'nft-table'; readonly family: string; readonly table: string }
  | { readonly kind: 'sysctl'; readonly name: string }
  | {
      readonly kind: 'link' | 'bridge-port' | 'addresses' | 'neighbours' | 'fdb' | 'vlans' | 'qdisc';
      readonly ifname: string;
    }
  | { readonly kind: 'routes'; readonly family: 4 | 6; readonly destination: string }
  | { readonly kind: 'policy-rules'; readonly family: 4 | 6 }
);

const describeThing = (touch: Touch): string => {
  switch (touch.kind) {
    case 'chain':
      return `chain ${touch.chain} of table ${touch.table} (${touch.tool})`;
    case 'nft-table':
      return `nft table ${touch.family} ${touch.table}`;
    case 'sysctl':
      return `sysctl ${touch.name}`;
    case 'routes':
      return `${touch.family === 6 ? 'IPv6 ' : ''}routes to ${touch.destination}`;
    case 'policy-rules':
      return `${touch.family === 6 ? 'IPv6 ' : ''}policy rules`;
    case 'link':
      return `link ${touch.ifname}`;
    case 'bridge-port':
      return `bridge port ${touch.ifname}`;
    case 'addresses':
    case 'neighbours':
    case 'fdb':
    case 'vlans':
    case 'qdisc':
      return `${touch.kind} of ${touch.ifname}`;
  }
};

export const describeTouch = (touch: Touch): string =>
  touch.netns === undefined ? describeThing(touch) : `${describeThing(touch)} in netns ${touch.netns}`;
