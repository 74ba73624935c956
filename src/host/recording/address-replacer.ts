/** Replaces public addresses in a text by others, so that every prefix still holds what it held. */
import { createHmac, randomBytes } from 'node:crypto';
import {
  addressBits,
  formatAddress,
  type IpAddress,
  parseAddress,
  parsePrefix,
  prefixContains,
} from '../../std/ip-address.ts';

/**
 * Each bit is flipped or not depending on all bits before it and on a key that nobody keeps (J. Xu et al., "Prefix-preserving IP address
 * anonymization", 2002), so routes, subnets and rules match the same packets as before. The first bits stay: an address
 * stays of its kind (public), and 2a01:… stays IPv6 of the global range.
 */
export function createAddressReplacer(key: Uint8Array = randomBytes(32)): (text: string) => string {
  const flips = new Map<string, bigint>();
  const flip = (family: number, bit: number, prefix: bigint): bigint => {
    const name = `${family} ${bit} ${prefix}`;
    const known = flips.get(name);
    if (known !== undefined) return known;
    const value = BigInt((createHmac('sha256', key).update(name).digest()[0] ?? 0) & 1);
    flips.set(name, value);
    return value;
  };
  const once = ({ family, value }: IpAddress): IpAddress => {
    const bits = addressBits(family);
    let result = value >> BigInt(bits - keptBits[family]);
    for (let bit = keptBits[family]; bit < bits; bit += 1) {
      const prefix = value >> BigInt(bits - bit);
      const own = (value >> BigInt(bits - bit - 1)) & 1n;
      result = (result << 1n) | (own ^ flip(family, bit, prefix));
    }
    return { family, value: result };
  };
  const replace = (address: IpAddress): IpAddress => {
    let result = once(address);
    // 172.… and the like hold public and private ranges: go on until it is public again, which keeps the mapping one to one.
    while (!isPublic(result)) result = once(result);
    return result;
  };
  return (text) =>
    text.replace(addressLike, (word, bare: string, slash: string | undefined) => {
      const address = parseAddress(bare);
      if (address === undefined || !isPublic(address)) return word;
      const length = slash === undefined ? addressBits(address.family) : Number(slash.slice(1));
      return formatAddress(likePrefix(address, replace(address), length)) + (slash ?? '');
    });
}

/** A network's address has no host bits: its replacement has none either. */
function likePrefix(original: IpAddress, replacement: IpAddress, length: number): IpAddress {
  const hostBits = BigInt(Math.max(0, addressBits(original.family) - length));
  const isNetwork = (original.value >> hostBits) << hostBits === original.value;
  return isNetwork ? { ...replacement, value: (replacement.value >> hostBits) << hostBits } : replacement;
}

const keptBits = { 4: 8, 6: 16 } as const;

/** Anything that could be an address, not part of a longer word; parseAddress decides. */
const addressLike =
  /(?<![\w.:])((?:\d{1,3}\.){3}\d{1,3}(?![\w.])|(?=[0-9a-f]*:[0-9a-f:]*:)[0-9a-f:]{3,39}(?![\w:]))(\/\d{1,3}\b)?/gi;

/** What everybody has: private, shared, loopback, link-local, multicast, documentation (RFC 6890) and the unspecified. */
const common = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
  '2001:db8::/32',
].flatMap((text) => parsePrefix(text) ?? []);

const globalUnicast = parsePrefix('2000::/3');

function isPublic(address: IpAddress): boolean {
  if (address.family === 6 && (globalUnicast === undefined || !prefixContains(globalUnicast, address))) return false;
  return !common.some((prefix) => prefix.family === address.family && prefixContains(prefix, address));
}
