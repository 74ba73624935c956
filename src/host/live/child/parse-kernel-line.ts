/** One line of a trace_pipe → what the kernel did with a frame. */
import type { KernelEvent } from '../live-order.ts';

/** `name-12 [001] b.s2. 1.5: kfree_skb: skbaddr=00f3 rx_sk=0000 protocol=2048 location=ip_rcv_finish_core+0x1ab/0x3f0 reason: IP_RPFILTER` */
export const parseKernelLine = (line: string): KernelEvent | undefined => {
  const skb = /skbaddr=(\S+)/.exec(line)?.[1];
  if (skb === undefined) return undefined;
  const dropped = /: kfree_skb: .*?location=([^\s+]+)\S* reason: (\w+)/.exec(line);
  if (dropped !== null) return { kind: 'drop', skb, location: dropped[1] ?? '', reason: dropped[2] ?? '' };
  const moved = /: (net_dev_queue|netif_receive_skb): dev=(\S+) skbaddr=\S+ len=(\d+)/.exec(line);
  if (moved === null) return undefined;
  return {
    kind: moved[1] === 'net_dev_queue' ? 'out' : 'in',
    skb,
    ifname: moved[2] ?? '',
    length: Number(moved[3]),
  };
};
