/** IP and MAC addresses in the one spelling in which they can be compared as text. */
import { formatAddress, parseAddress } from './ip-address.ts';

/** An IPv4 or IPv6 address in canonical form; undefined when the text is neither. */
export const canonicalAddress = (text: string): string | undefined => {
  const address = parseAddress(text);
  return address === undefined ? undefined : formatAddress(address);
};

/** `02-42-AC-11-00-02` → `02:42:ac:11:00:02`; undefined when the text is no 48-bit MAC address. */
export const canonicalMac = (text: string): string | undefined =>
  /^[0-9a-f]{2}([:-][0-9a-f]{2}){5}$/i.test(text) ? text.toLowerCase().replaceAll('-', ':') : undefined;
