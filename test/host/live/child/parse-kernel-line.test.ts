import { describe, expect, test } from 'vitest';
import { parseKernelLine } from '../../../../src/host/live/child/parse-kernel-line.ts';

describe('a line of trace_pipe', () => {
  test('tells a drop with its reason and the function that dropped', () => {
    const line =
      '          vs1234-1234    [001] b.s2.  1024.123456: kfree_skb: skbaddr=00000000bd168618 rx_sk=0000000000000000 protocol=2048 location=ip_rcv_finish_core+0x1ab/0x3f0 reason: IP_RPFILTER';
    expect(parseKernelLine(line)).toEqual({
      kind: 'drop',
      skb: '00000000bd168618',
      location: 'ip_rcv_finish_core',
      reason: 'IP_RPFILTER',
    });
  });
  test('is understood from kernels that do not name the receiving socket', () => {
    expect(
      parseKernelLine('x-1 [0] . 1.0: kfree_skb: skbaddr=aa protocol=2048 location=tcp_v4_rcv+0x1 reason: NO_SOCKET'),
    ).toMatchObject({ kind: 'drop', reason: 'NO_SOCKET', location: 'tcp_v4_rcv' });
  });
  test('tells a frame that leaves by a link, and one that comes in', () => {
    expect(parseKernelLine('x-1 [0] . 1.0: net_dev_queue: dev=v0 skbaddr=aa len=74')).toEqual({
      kind: 'out',
      skb: 'aa',
      ifname: 'v0',
      length: 74,
    });
    expect(parseKernelLine('x-1 [0] . 1.0: netif_receive_skb: dev=va skbaddr=aa len=60')).toMatchObject({ kind: 'in' });
  });
  test('of anything else says nothing', () => {
    expect(parseKernelLine('CPU:1 [LOST 12 EVENTS]')).toBeUndefined();
    expect(parseKernelLine('')).toBeUndefined();
  });
});
