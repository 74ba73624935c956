/** Addresses that are not reached from the whole Internet. */
import { parseAddress, parsePrefix, prefixContains } from '../std/ip-address.ts';

/** RFC 1918, carrier NAT (6598), link-local, loopback, documentation (5737), unique local (4193). */
const ranges = [
  '10.0.0.0/8',
  '172.16.0.0/12',
  '192.168.0.0/16',
  '100.64.0.0/10',
  '169.254.0.0/16',
  '127.0.0.0/8',
  '192.0.2.0/24',
  '198.51.100.0/24',
  '203.0.113.0/24',
  'fc00::/7',
  'fe80::/10',
  '::1/128',
  '2001:db8::/32',
].map((range) => parsePrefix(range)!);

export function isPrivateAddress(text: string): boolean {
  const address = parseAddress(text);
  return address === undefined || ranges.some((range) => prefixContains(range, address));
}
