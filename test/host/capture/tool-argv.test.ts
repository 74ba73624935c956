import { describe, expect, test } from 'vitest';
import { isSafeVersion } from '../../../src/host/capture/can-ask-counts.ts';
import { canName, isReady, readComplaint, readCounts, toolArgv } from '../../../src/host/capture/tool-argv.ts';

const order = { program: '/usr/bin/tcpdump', ifname: '-z', snapLength: 96, promiscuous: false, bufferKib: 4096 };

describe('tcpdump', () => {
  test('is not promiscuous unless told, and takes a filter for nothing else', () => {
    const argv = toolArgv('tcpdump', { ...order, filter: '-z reboot' });
    expect(argv).toContain('-p');
    expect(argv.slice(-2)).toEqual(['--', '-z reboot']);
    expect(argv[argv.indexOf('-i') + 1]).toBe('-z');
    expect(toolArgv('tcpdump', { ...order, promiscuous: true })).not.toContain('-p');
  });

  test('is ready when it says that it listens, and not before', () => {
    expect(isReady('tcpdump', '')).toBe(false);
    expect(isReady('tcpdump', 'dropped privs to tcpdump\n')).toBe(false);
    expect(isReady('tcpdump', 'dropped privs to tcpdump\ntcpdump: listening on eth0, link-type EN10MB')).toBe(true);
    expect(isReady('tcpdump', 'tcpdump: Warning: listening on nothing')).toBe(false);
  });

  test('tells its counts while it runs and at its end: the last ones count', () => {
    const running = 'tcpdump: 4 packets captured, 8 packets received by filter, 1 packet dropped by kernel\n';
    expect(readCounts('tcpdump', running)).toEqual({ received: 8, dropped: 1 });
    const end = '6 packets captured\n9 packets received by filter\n3 packets dropped by kernel';
    expect(readCounts('tcpdump', running + end)).toEqual({ received: 9, dropped: 3 });
    expect(readCounts('tcpdump', 'tcpdump: listening on eth0')).toBe(undefined);
  });

  test.each([
    ["tcpdump: can't parse filter expression: syntax error", 'invalid'],
    ['tcpdump: eth9: No such device exists\n(No such device exists)', 'vanished'],
    ['tcpdump: listening on eth0\ntcpdump: pcap_loop: The interface disappeared\n2 packets captured', 'vanished'],
    ["tcpdump: eth0: You don't have permission to perform this capture on that device", 'forbidden'],
    ["nsenter: reassociate to namespace 'ns/net' failed: Operation not permitted", 'forbidden'],
  ])('complains: %s', (said, reason) => {
    expect(readComplaint(said)).toMatchObject({ reason });
  });

  test('may be asked while it runs only from the version on that survives it', () => {
    expect(isSafeVersion('tcpdump version 4.99.3\nlibpcap version 1.10.3')).toBe(true);
    expect(isSafeVersion('tcpdump version 5.0.0')).toBe(true);
    expect(isSafeVersion('tcpdump version 4.9.3')).toBe(false);
    expect(isSafeVersion('something else')).toBe(false);
  });
});

describe('dumpcap', () => {
  test('counts packets and drops apart', () => {
    const said =
      "Packets captured: 4\nPackets received/dropped on interface 'eth0': 4/3 (pcap:3/dumpcap:0/flushed:0/ps_ifdrop:0) (57.1%)\n";
    expect(readCounts('dumpcap', said)).toEqual({ received: 7, dropped: 3 });
  });

  test('is ready when it has its output', () => {
    expect(isReady('dumpcap', "Capturing on 'eth0'\n")).toBe(false);
    expect(isReady('dumpcap', "Capturing on 'eth0'\nFile: -\n")).toBe(true);
  });
});

test('names that libpcap takes for something else are told', () => {
  expect(['any', '1', 'nflog', 'nfqueue:3', 'usbmon0', 'dbus-system'].map(canName)).not.toContain(true);
  expect(['eth0', 'veth1a2b3c4', 'br-any', 'any0', 'x'].map(canName)).not.toContain(false);
});
