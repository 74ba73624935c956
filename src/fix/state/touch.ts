/** One thing on a host that a command can change, small enough to be compared and put back. */

export type Touch = {
  /** The netns concerned (its NetnsId); absent: the host's own. */
  readonly netns?: string;
  /** No command names it: the kernel changes it along. Others may change it too without being in our way. */
  readonly effect?: true;
} & (
  | { readonly kind: 'chain'; readonly tool: string; readonly table: string; readonly chain: string }
  | { readonly kind: 'nft-table'; readonly family: string; readonly table: string }
  | { readonly kind: 'sysctl'; readonly name: string }
  /** All of which the name fits an extended regular expression. */
  | { readonly kind: 'sysctls'; readonly pattern: string }
  | {
      readonly kind:
        | 'link'
        | 'bridge-port'
        /** Whether the port forwards: the kernel sets it along with the carrier. */
        | 'port-state'
        | 'addresses'
        | 'neighbours'
        | 'fdb'
        | 'vlans'
        | 'qdisc';
      readonly ifname: string;
    }
  | { readonly kind: 'routes'; readonly family: 4 | 6; readonly destination: string }
  | { readonly kind: 'link-routes'; readonly family: 4 | 6; readonly ifname: string }
  | { readonly kind: 'policy-rules'; readonly family: 4 | 6 }
);

const six = ({ family }: { readonly family: 4 | 6 }): string => (family === 6 ? 'IPv6 ' : '');

const describeThing = (touch: Touch): string => {
  switch (touch.kind) {
    case 'chain':
      return `chain ${touch.chain} of table ${touch.table} (${touch.tool})`;
    case 'nft-table':
      return `nft table ${touch.family} ${touch.table}`;
    case 'sysctl':
      return `sysctl ${touch.name}`;
    case 'sysctls':
      return `sysctls ${touch.pattern.replaceAll(/[\\^$]/g, '').replace('.*', '*')}`;
    case 'routes':
      return `${six(touch)}routes to ${touch.destination}`;
    case 'link-routes':
      return `${six(touch)}routes out of ${touch.ifname}`;
    case 'policy-rules':
      return `${six(touch)}policy rules`;
    case 'link':
      return `link ${touch.ifname}`;
    case 'bridge-port':
      return `bridge port ${touch.ifname}`;
    case 'port-state':
      return `state of bridge port ${touch.ifname}`;
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
