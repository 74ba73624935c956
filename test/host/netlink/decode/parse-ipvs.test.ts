/** /proc/net/ip_vs as the kernel prints it. */
import { expect, test } from 'vitest';
import { parseIpvs } from '../../../../src/host/netlink/decode/parse-ipvs.ts';

const head = `IP Virtual Server version 1.2.1 (size=4096)
Prot LocalAddress:Port Scheduler Flags
  -> RemoteAddress:Port Forward Weight ActiveConn InActConn
`;

test('services by mark and by address, with their servers', () => {
  const text = `${head}TCP  0A600001:01BB rr persistent 10800 FFFFFFFF
  -> 0A4D000B:192B      Masq    1      0          2         
FWM  00000102 rr 
  -> 0A630008:0000      Masq    1      0          0         
  -> 0A630007:0000      Route   0      0          0         
UDP  [fd00:0000:0000:0000:0000:0000:0000:000a]:0035 wrr 
  -> [fd00:0000:0000:0000:0000:0000:0000:000b]:0035      Masq    3      0          0         
`;
  expect(parseIpvs(text)).toEqual([
    {
      proto: 'tcp',
      address: '10.96.0.1',
      port: 443,
      scheduler: 'rr',
      servers: [{ address: '10.77.0.11', port: 6443, method: 'masq', weight: 1 }],
    },
    {
      mark: 0x102,
      scheduler: 'rr',
      servers: [
        { address: '10.99.0.8', port: 0, method: 'masq', weight: 1 },
        { address: '10.99.0.7', port: 0, method: 'route', weight: 0 },
      ],
    },
    {
      proto: 'udp',
      address: 'fd00::a',
      port: 53,
      scheduler: 'wrr',
      servers: [{ address: 'fd00::b', port: 53, method: 'masq', weight: 3 }],
    },
  ]);
});

test('a table without services holds none, and a service of a kind not known takes its servers with it', () => {
  expect(parseIpvs(head)).toEqual([]);
  expect(parseIpvs(`${head}DCCP 0A600001:01BB rr \n  -> 0A4D000B:192B Masq 1 0 2\n`)).toEqual([]);
});
