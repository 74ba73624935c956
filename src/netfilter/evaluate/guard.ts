/** One thing a packet must have for a rule to match, read from the rule as its tool printed it, without taking the rule apart. */
import type { Rule, RulesetFamily } from '../../model/ruleset.ts';
import { isLazyRule } from '../iptables/lazy-rule.ts';
import { piecesStart } from '../iptables/rule-pieces.ts';
import { isObject } from '../nft/json.ts';
import { protocolNumbers } from './symbols.ts';
import { quadNumber } from './view.ts';

/** What the guard looks at; the higher, the fewer packets it lets through. `nothing`: the rule itself must be looked at. */
export const guardField = {
  nothing: 1,
  protocol: 2,
  in: 3,
  out: 4,
  mark: 5,
  udpPort: 6,
  tcpPort: 7,
  source: 8,
  destination: 9,
} as const;

export interface Guard {
  field: number;
  /** Addresses, ports and protocols: first and last value. Marks: value and mask. */
  low: number;
  high: number;
  /** Of a link. */
  name: string;
}

/** Into `guard`, which is used again for the next rule: large chains have thousands. */
export function readGuard(rule: Rule, family: RulesetFamily, guard: Guard): void {
  guard.field = guardField.nothing;
  if (isLazyRule(rule)) readText(rule.text, guard);
  else if (family !== 'bridge' && family !== 'arp')
    for (const each of rule.expressions ?? []) if (!readMatch(each, guard)) break;
}

function offer(guard: Guard, field: number, low: number, high: number, name = ''): void {
  if (field <= guard.field) return;
  guard.field = field;
  guard.low = low;
  guard.high = high;
  guard.name = name;
}

/** Header options come first in what iptables-save prints; anything unusual ends the reading. */
function readText(text: string, guard: Guard): void {
  for (let at = piecesStart(text); at < text.length; ) {
    const negated = text.charCodeAt(at + 1) === 33;
    const option = negated ? at + 3 : at + 1;
    if (text.charCodeAt(option) !== 45 || text.charCodeAt(option + 2) !== 32) return;
    const start = option + 3;
    const letter = text.charCodeAt(option + 1);
    if (letter === 109) {
      if (!negated) readModule(text, start, guard);
      return;
    }
    const space = text.indexOf(' ', start);
    const end = space < 0 ? text.length : space;
    if (!negated) readHeader(text, letter, start, end, guard);
    at = end;
  }
}

/** s, d, i, o, p. */
function readHeader(text: string, letter: number, start: number, end: number, guard: Guard): void {
  if (letter === 115) readPrefix(text, start, end, guardField.source, guard);
  else if (letter === 100) readPrefix(text, start, end, guardField.destination, guard);
  else if (letter === 105) offerLink(text.slice(start, end), guardField.in, guard);
  else if (letter === 111) offerLink(text.slice(start, end), guardField.out, guard);
  else if (letter === 112) offerProtocol(text.slice(start, end), guard);
}

/** No wildcard, nothing quoted or escaped, no set, not the old place of `!`. */
function offerLink(name: string, field: number, guard: Guard): void {
  if (field <= guard.field || /[+*"\\@!]/.test(name)) return;
  offer(guard, field, 0, 0, name);
}

function offerProtocol(name: string, guard: Guard): void {
  if (guard.field > guardField.protocol) return;
  const number = name === 'tcp' ? 6 : name === 'udp' ? 17 : protocolNumber(name);
  // 0 stands for every protocol.
  if (number !== 0) offer(guard, guardField.protocol, number, number);
}

const protocolNumber = (name: string): number =>
  Object.hasOwn(protocolNumbers, name) ? protocolNumbers[name]! : /^\d+$/.test(name) ? Number(name) : 0;

function readPrefix(text: string, start: number, end: number, field: number, guard: Guard): void {
  const slash = text.indexOf('/', start);
  const quadEnd = slash < 0 || slash > end ? end : slash;
  offerNet(quadNumber(text, start, quadEnd), quadEnd === end ? 32 : Number(text.slice(quadEnd + 1, end)), field, guard);
}

function offerNet(address: number, length: number, field: number, guard: Guard): void {
  // A mask that is no length is not a number here.
  if (address < 0 || !(length > 0 && length <= 32) || field <= guard.field) return;
  if (length < 16 && guard.field > guardField.nothing) return;
  const size = 2 ** (32 - length);
  const low = address - (address % size);
  offer(guard, field, low, low + size - 1);
}

/** The first match only, in the plainest form: `-m tcp --dport 80`, `-m mark --mark 0x1/0xff`. */
function readModule(text: string, start: number, guard: Guard): void {
  const value = start + 12;
  const space = text.indexOf(' ', value);
  const end = space < 0 ? text.length : space;
  const isTcp = text.startsWith('tcp --dport ', start);
  if (isTcp || text.startsWith('udp --dport ', start)) {
    const port = readNumber(text, value, end);
    if (port >= 0) offer(guard, isTcp ? guardField.tcpPort : guardField.udpPort, port, port);
  } else if (text.startsWith('mark --mark ', start)) {
    const slash = text.indexOf('/', value);
    const split = slash < 0 || slash > end ? end : slash;
    const mark = readNumber(text, value, split);
    const mask = split === end ? 0xffffffff : readNumber(text, split + 1, end);
    if (mark >= 0 && mask >= 0) offer(guard, guardField.mark, mark, mask);
  }
}

/** Digits, or 0x and hexadecimal ones as iptables-save prints them; else -1. */
function readNumber(text: string, start: number, end: number): number {
  const base = text.charCodeAt(start + 1) === 120 ? 16 : 10;
  let value = 0;
  for (let at = base === 16 ? start + 2 : start; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit = code <= 57 ? code - 48 : base === 16 && code <= 102 ? code - 87 : -1;
    if (digit < 0 || digit >= base) return -1;
    value = value * base + digit;
  }
  return end > start ? value : -1;
}

/** nft's JSON. false: an effect, behind which a condition that fails does not undo the rule. */
function readMatch(json: unknown, guard: Guard): boolean {
  if (!isObject(json)) return false;
  const { match } = json;
  if (!isObject(match)) return json['counter'] !== undefined;
  const { left, op, right } = match;
  if (op !== '==' || !isObject(left)) return true;
  const { meta, payload } = left;
  if (isObject(payload)) readPayload(payload['protocol'], payload['field'], right, guard);
  else if (isObject(meta)) readMeta(meta['key'], right, guard);
  return true;
}

function readPayload(protocol: unknown, field: unknown, right: unknown, guard: Guard): void {
  if (protocol === 'ip') {
    if (field === 'saddr') readAddress(right, guardField.source, guard);
    else if (field === 'daddr') readAddress(right, guardField.destination, guard);
  } else if (field === 'dport' && typeof right === 'number') {
    if (protocol === 'tcp') offer(guard, guardField.tcpPort, right, right);
    else if (protocol === 'udp') offer(guard, guardField.udpPort, right, right);
  }
}

function readMeta(key: unknown, right: unknown, guard: Guard): void {
  if (typeof right === 'number') {
    if (key === 'mark') offer(guard, guardField.mark, right, 0xffffffff);
  } else if (typeof right !== 'string') return;
  else if (key === 'l4proto') offerProtocol(right, guard);
  else if (key === 'iifname') offerLink(right, guardField.in, guard);
  else if (key === 'oifname') offerLink(right, guardField.out, guard);
}

function readAddress(right: unknown, field: number, guard: Guard): void {
  if (typeof right === 'string') offerNet(quadNumber(right, 0, right.length), 32, field, guard);
  const prefix = isObject(right) ? right['prefix'] : undefined;
  if (!isObject(prefix)) return;
  const { addr, len } = prefix;
  if (typeof addr === 'string' && typeof len === 'number')
    offerNet(quadNumber(addr, 0, addr.length), len, field, guard);
}
