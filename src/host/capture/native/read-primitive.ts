/** One test of a filter: qualifiers (`tcp`, `src`, `port`) and a value. */
import { parseAddress, parsePrefix } from '../../../std/ip-address.ts';
import { etherTypes, type Filter, type FilterSide, portNames, protocolNames, type Transport } from './filter.ts';
import type { FilterError, TokenReader } from './parse-filter.ts';

type ValueType = 'host' | 'net' | 'port' | 'portrange' | 'proto';

export interface Qualifiers {
  readonly protocol?: string;
  readonly side: FilterSide;
  readonly type: ValueType;
}

export interface Primitive {
  readonly filter: Filter;
  /** Absent where none can be taken over by a bare value. */
  readonly qualifiers?: Qualifiers;
}

const valueTypes: ReadonlySet<string> = new Set(['host', 'net', 'port', 'portrange', 'proto']);
const known: ReadonlySet<string> = new Set([...Object.keys(etherTypes), ...Object.keys(protocolNames), 'ether']);

const isValueEnd = (token: string | undefined): boolean =>
  token === undefined || token === ')' || ['and', 'or', '&&', '||'].includes(token);

const protocolFilter = (name: string): Filter => {
  const ip = protocolNames[name];
  return ip === undefined
    ? { kind: 'ether-type', type: etherTypes[name as keyof typeof etherTypes] }
    : { kind: 'protocol', ...ip };
};

/** `src`, `dst`, `src or dst`, `src and dst`; undefined: not given. */
const readSide = (reader: TokenReader): FilterSide | undefined => {
  const first = reader.peek();
  if (first !== 'src' && first !== 'dst') return undefined;
  reader.next();
  const operator = reader.peek();
  const other = reader.peek(1);
  if (other !== 'src' && other !== 'dst') return first;
  if (operator !== 'or' && operator !== 'and' && operator !== '||' && operator !== '&&') return first;
  // `src a and dst b` has a value between; here there was none.
  reader.next();
  reader.next();
  return operator === 'or' || operator === '||' ? 'either' : 'both';
};

const readNumber = (text: string, most: number): number | undefined => {
  if (!/^\d{1,10}$/.test(text)) return undefined;
  return Number(text) <= most ? Number(text) : undefined;
};

const families = (protocol: string | undefined): readonly (4 | 6)[] =>
  protocol === 'ip' ? [4] : protocol === 'ip6' ? [6] : [4, 6];

const transportsOf = (protocol: string | undefined): readonly Transport[] | undefined => {
  if (protocol === undefined || protocol === 'ip' || protocol === 'ip6') return ['tcp', 'udp', 'sctp'];
  return protocol === 'tcp' || protocol === 'udp' || protocol === 'sctp' ? [protocol] : undefined;
};

const readPort = (text: string): number | undefined => readNumber(text, 65_535) ?? portNames[text];

const portsFilter = ({ protocol, side, type }: Qualifiers, value: string): Filter | FilterError => {
  const transports = transportsOf(protocol);
  if (transports === undefined) return { error: `${protocol} has no ports` };
  const [first = '', second, more] = type === 'portrange' ? value.split('-') : [value];
  const from = readPort(first);
  const to = second === undefined ? from : readPort(second);
  if (from === undefined || to === undefined || more !== undefined)
    return { error: `${value}: no port that is known without tcpdump` };
  return {
    kind: 'ports',
    side,
    from: Math.min(from, to),
    to: Math.max(from, to),
    transports,
    families: families(protocol),
  };
};

/** `10.1` is 10.1.0.0/16 to libpcap. */
const readNet = (value: string) => {
  const short = /^\d{1,3}(?:\.\d{1,3}){0,2}$/.exec(value);
  if (short === null) return parsePrefix(value);
  const parts = value.split('.');
  return parsePrefix(`${[...parts, ...['0', '0', '0']].slice(0, 4).join('.')}/${parts.length * 8}`);
};

const macOf = (text: string): readonly number[] | undefined =>
  /^[0-9a-f]{1,2}(?:[:-][0-9a-f]{1,2}){5}$/i.test(text)
    ? text.split(/[:-]/).map((part) => Number.parseInt(part, 16))
    : undefined;

const netFilter = ({ protocol, side, type }: Qualifiers, value: string): Filter | FilterError => {
  if (protocol === 'ether') {
    const mac = macOf(value);
    return mac === undefined ? { error: `${value}: is no MAC address` } : { kind: 'mac', side, mac };
  }
  const prefix = type === 'net' ? readNet(value) : parseAddress(value) && parsePrefix(value);
  if (prefix === undefined)
    return {
      error: `${value}: no ${type === 'net' ? 'network' : 'address'} (names are not looked up without tcpdump)`,
    };
  if (protocol !== undefined && protocol !== 'ip' && protocol !== 'ip6' && protocol !== 'arp' && protocol !== 'rarp')
    return { error: `${protocol} ${type}: is not understood without tcpdump (write ${protocol} and ${type} ${value})` };
  const { family, value: address, length } = prefix;
  if ((family === 6) !== (protocol === 'ip6') && protocol !== undefined)
    return { error: `${value}: is no address of ${protocol}` };
  return {
    kind: 'net',
    side,
    family,
    address,
    length,
    ...(protocol === undefined || protocol === 'ip6' ? {} : { only: protocol }),
  };
};

const protoFilter = ({ protocol }: Qualifiers, value: string): Filter | FilterError => {
  const name = value.replace(/^\\/, '');
  if (protocol === 'ether') {
    const type = etherTypes[name as keyof typeof etherTypes] ?? readNumber(name, 0xffff) ?? hexNumber(name);
    return type === undefined ? { error: `${value}: no ethertype` } : { kind: 'ether-type', type };
  }
  const number = protocolNames[name]?.protocol ?? readNumber(name, 255);
  return number === undefined
    ? { error: `${value}: no protocol that is known without tcpdump` }
    : { kind: 'protocol', protocol: number, families: families(protocol) };
};

const hexNumber = (text: string): number | undefined =>
  /^0x[0-9a-f]{1,4}$/i.test(text) ? Number.parseInt(text, 16) : undefined;

const filterOf = (qualifiers: Qualifiers, value: string): Filter | FilterError => {
  switch (qualifiers.type) {
    case 'port':
    case 'portrange':
      return portsFilter(qualifiers, value);
    case 'host':
    case 'net':
      return netFilter(qualifiers, value);
    case 'proto':
      return protoFilter(qualifiers, value);
  }
};

const lengthFilter = (word: 'less' | 'greater', value: string | undefined): Primitive | FilterError => {
  const length = readNumber(value ?? '', 0xffff);
  if (length === undefined) return { error: `${word}: needs a number of bytes` };
  return { filter: { kind: 'length', ...(word === 'less' ? { atMost: length } : { atLeast: length }) } };
};

/** `last`: what a value without any words before it takes over. */
export const readPrimitive = (reader: TokenReader, last: Qualifiers | undefined): Primitive | FilterError => {
  const word = reader.peek() ?? '';
  if (word === 'less' || word === 'greater') {
    reader.next();
    return lengthFilter(word, reader.next());
  }
  const protocol = known.has(word) ? reader.next() : undefined;
  if (protocol !== undefined && protocol !== 'ether' && isValueEnd(reader.peek()))
    return { filter: protocolFilter(protocol) };
  const side = readSide(reader);
  const typed = valueTypes.has(reader.peek() ?? '') ? (reader.next() as ValueType) : undefined;
  const value = reader.next();
  if (value === undefined || value === ')') return { error: `${word}: something is missing after it` };
  const isBare = protocol === undefined && side === undefined && typed === undefined;
  if (isBare && last === undefined) return { error: `${value}: is not understood without tcpdump` };
  const qualifiers: Qualifiers =
    isBare && last !== undefined
      ? last
      : { ...(protocol === undefined ? {} : { protocol }), side: side ?? 'either', type: typed ?? 'host' };
  const filter = filterOf(qualifiers, value);
  return 'error' in filter ? filter : { filter, qualifiers };
};
