/** Finds the DNAT rules of a netns in its ruleset's text, by protocol and port they serve. */
import type { PublishedPort } from '../model/container.ts';
import type { RulesetText } from '../model/ruleset-text.ts';
import { readNftDnat } from './read-nft-dnat.ts';

export interface DnatRule {
  readonly text: string;
  readonly proto?: string;
  readonly dport?: number;
  /** Address (without prefix length) the packet must be for. */
  readonly dst?: string;
  readonly toAddress: string;
  readonly toPort?: number;
}

const splitDestination = (text: string): { readonly address: string; readonly port?: number } => {
  const match = /^\[([^\]]+)\](?::(\d+))?/.exec(text) ?? /^([^:-]+)(?:-[^:]+)?(?::(\d+))?/.exec(text);
  const port = match?.[2];
  return { address: match?.[1] ?? text, ...(port === undefined ? {} : { port: Number(port) }) };
};

const parseDnat = (line: string): DnatRule | undefined => {
  const to = / --to-destination (\S+)/.exec(line)?.[1];
  if (to === undefined) return undefined;
  const { address, port } = splitDestination(to);
  const proto = / -p (\S+)/.exec(line)?.[1];
  const dport = / --dport (\d+)(?![:\d])/.exec(line)?.[1];
  const dst = /(?<!!) -d ([^\s/]+)/.exec(line)?.[1];
  return {
    text: line.replace(/^\[\d+:\d+\] /, ''),
    toAddress: address,
    ...(proto === undefined ? {} : { proto }),
    ...(dport === undefined ? {} : { dport: Number(dport) }),
    ...(dst === undefined ? {} : { dst }),
    ...(port === undefined ? {} : { toPort: port }),
  };
};

const parseSaved = (text: string): readonly DnatRule[] =>
  text.includes(' -j DNAT ')
    ? text
        .split('\n')
        .filter((line) => line.includes(' -j DNAT '))
        .map(parseDnat)
        .filter((rule) => rule !== undefined)
    : [];

const parsed = new WeakMap<RulesetText, readonly DnatRule[]>();

/** Every DNAT rule of all tables. A text is looked through once, however often the graph is rebuilt from it. */
export const listDnatRules = (ruleset: RulesetText): readonly DnatRule[] => {
  const known = parsed.get(ruleset);
  if (known !== undefined) return known;
  const saved = [ruleset.iptablesNft, ruleset.ip6tablesNft, ruleset.iptablesLegacy, ruleset.ip6tablesLegacy];
  const rules = [...saved.flatMap((text) => (text === undefined ? [] : parseSaved(text))), ...readNftDnat(ruleset.nft)];
  parsed.set(ruleset, rules);
  return rules;
};

const isWildcard = (address: string): boolean => address === '' || address === '0.0.0.0' || address === '::';

/** The rules that turn packets for this published port into packets for one of the container's addresses. */
export const findDnatRules = (
  ruleset: RulesetText,
  port: PublishedPort,
  addresses: ReadonlySet<string>,
): readonly string[] =>
  listDnatRules(ruleset)
    .filter(
      (rule) =>
        addresses.has(rule.toAddress) &&
        rule.proto === port.proto &&
        rule.dport === port.hostPort &&
        (rule.toPort ?? rule.dport) === port.containerPort &&
        (isWildcard(port.hostIp)
          ? rule.dst === undefined && fitsFamily(port.hostIp, rule.toAddress)
          : rule.dst === port.hostIp),
    )
    .map((rule) => rule.text);

const fitsFamily = (hostIp: string, to: string): boolean => hostIp === '' || hostIp.includes(':') === to.includes(':');
