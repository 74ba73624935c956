/** iptables' NAT targets: DNAT, SNAT, MASQUERADE, REDIRECT, NETMAP → nat statements. */
import type { ClauseOption, Expression, Statement } from '../../model/statement.ts';
import { constant, range } from '../build.ts';
import { addressValue, numberOf } from './values.ts';

type Translate = (options: readonly ClauseOption[], family: 'ip' | 'ip6') => readonly Statement[] | undefined;

const flagsOf = (options: readonly ClauseOption[]): readonly string[] =>
  options
    .filter((option) => option.values.length === 0)
    .map((option) => (option.name === '--random-fully' ? 'fully-random' : option.name.slice(2)));

const optionValue = (options: readonly ClauseOption[], name: string): string | undefined =>
  options.find((option) => option.name === name)?.values[0];

/** `10.0.0.1`, `10.0.0.1-10.0.0.9`, `:80`, `10.0.0.1:80-90`, `[fd00::1]:80`. The `/base` of shifted port maps is not understood. */
export function parseDestination(
  text: string,
  family: 'ip' | 'ip6',
): { readonly address?: Expression; readonly port?: Expression } | undefined {
  const match =
    family === 'ip' ? /^([^:]*)(?::(.+))?$/.exec(text) : /^(?:\[([^\]]*)\](?::(.+))?|([^[\]]+))$/.exec(text);
  if (match === null) return undefined;
  const addressText = match[1] || match[3] || '';
  const port = match[2] === undefined ? undefined : portSpan(match[2]);
  if (match[2] !== undefined && port === undefined) return undefined;
  const address = addressText === '' ? undefined : spanOfAddresses(addressText);
  if (addressText !== '' && address === undefined) return undefined;
  return { ...(address !== undefined && { address }), ...(port !== undefined && { port }) };
}

function spanOfAddresses(text: string): Expression | undefined {
  const ends = text.replace(/[[\]]/g, '').split('-');
  if (ends.length > 2 || ends.includes('')) return undefined;
  return ends.length === 1 ? constant(ends[0]!) : range(ends[0]!, ends[1]!);
}

function portSpan(text: string): Expression | undefined {
  const ends = text.split('-').map(numberOf);
  if (ends.length > 2 || ends.includes(undefined)) return undefined;
  return ends.length === 1 ? constant(ends[0]!) : range(ends[0]!, ends[1]!);
}

const toOption =
  (action: 'dnat' | 'snat', name: string): Translate =>
  (options, family) => {
    const wanted = options.filter((option) => option.name === name);
    // Several ranges in one rule ended with kernel 2.6.10; which one is taken cannot be said.
    if (wanted.length !== 1) return undefined;
    const to = parseDestination(wanted[0]!.values[0] ?? '', family);
    return to && [{ kind: 'nat', action, flags: flagsOf(options), ...to }];
  };

const portsOnly =
  (action: 'masquerade' | 'redirect'): Translate =>
  (options) => {
    const text = optionValue(options, '--to-ports');
    const port = text === undefined ? undefined : portSpan(text);
    if (text !== undefined && port === undefined) return undefined;
    return [{ kind: 'nat', action, flags: flagsOf(options), ...(port !== undefined && { port }) }];
  };

export const natTargets: Readonly<Record<string, Translate>> = {
  DNAT: toOption('dnat', '--to-destination'),
  SNAT: toOption('snat', '--to-source'),
  MASQUERADE: portsOnly('masquerade'),
  REDIRECT: portsOnly('redirect'),
  NETMAP: (options, family) => {
    const to = optionValue(options, '--to');
    return to === undefined
      ? undefined
      : [{ kind: 'nat', action: 'netmap', flags: [], address: addressValue(to, family) }];
  },
};
