/** Counters as /proc/net prints them. */
import { expect, test } from 'vitest';
import { parseProtocolCounters, sumPerCpu } from '../../../../src/host/netlink/kernel/read-counters.ts';

test('columns of all CPUs are added up, in hexadecimal', () => {
  const text = 'entries  insert_failed drop\n0000000a  00000002 0000000f\n0000000a  00000001 00000001\n';
  expect(sumPerCpu(text, ['drop', 'insert_failed'])).toEqual({ drop: 16, insert_failed: 3 });
});

test('a column this kernel does not have is left out', () => {
  expect(sumPerCpu('entries\n00000001\n', ['drop'])).toEqual({});
  expect(sumPerCpu('', ['drop'])).toEqual({});
});

test('counters of protocols are found by group and name', () => {
  const text = 'Ip: Forwarding FragFails\nIp: 1 7\nTcp: OutRsts\nTcp: 12\n';
  expect(parseProtocolCounters(text, ['Ip.FragFails', 'Tcp.OutRsts', 'Udp.InCsumErrors'])).toEqual({
    'Ip.FragFails': 7,
    'Tcp.OutRsts': 12,
  });
});
