/** A match that lets packets through, in the words of each tool. */
import type { Match } from './accept-matches.ts';

const option = (name: string, value: string | undefined): readonly string[] =>
  value === undefined ? [] : [name, value];

/** `-i br-app -o eth0 -s 172.20.0.2 -p tcp --dport 443`. */
export function iptablesWords({ in: from, out, src, dst, proto, dports, isAnswer }: Match): readonly string[] {
  const ports = dports ?? [];
  return [
    ...option('-i', from),
    ...option('-o', out),
    ...option('-s', src),
    ...option('-d', dst),
    ...option('-p', proto),
    ...(ports.length > 1 ? ['-m', 'multiport', '--dports', ports.join(',')] : option('--dport', ports[0])),
    ...(isAnswer ? ['-m', 'conntrack', '--ctstate', 'RELATED,ESTABLISHED'] : []),
  ];
}

/** `ip saddr 172.20.0.2 tcp dport 443`. Links are named where no address is: not every family and hook knows both. */
export function nftWords({ in: from, out, src, dst, proto, dports, isAnswer }: Match): readonly string[] {
  const ip = (text: string | undefined) => (text?.includes(':') === true ? 'ip6' : 'ip');
  const ports = (dports ?? []).map((port) => port.replace(':', '-'));
  const isNamed = src !== undefined || dst !== undefined;
  return [
    ...(isNamed ? [] : [...option('iifname', from), ...option('oifname', out)]),
    ...(src === undefined ? [] : [ip(src), 'saddr', src]),
    ...(dst === undefined ? [] : [ip(dst), 'daddr', dst]),
    ...(proto === undefined || ports.length === 0
      ? []
      : [proto, 'dport', ...(ports.length > 1 ? ['{', ports.join(', '), '}'] : ports)]),
    ...(isAnswer ? ['ct', 'state', 'established,related'] : []),
  ];
}
