/** The step that ended a trace: whose it is, what to call it, and the smallest change that would let the packet pass. */
import type { Graph, NetnsNode } from '../graph/graph.ts';
import { splitWords } from '../systems/rule-words.ts';
import type { RuleRef, Step, Trace } from '../trace/trace.ts';
import { matchesFor } from './accept-matches.ts';
import type { Ending, Evidence } from './finding.ts';
import { iptablesWords, nftWords } from './match-words.ts';
import { automatic, command, type Draft, guided, setSysctl, untilFlush, untilReboot } from './remedies.ts';
import type { Stopped } from './takes-answer.ts';

export interface Decision {
  readonly step: Step;
  readonly netns?: NetnsNode;
  /** The answer failed, not the request. */
  readonly inReply: boolean;
}

export function decisionOf(graph: Graph, trace: Trace): Decision | undefined {
  const step = trace.decidedBy;
  if (step === undefined) return undefined;
  const inReply = trace.request.outcome === 'delivered';
  const direction = inReply ? trace.reply : trace.request;
  const hop = direction?.hops.find((one) => one.steps.includes(step)) ?? direction?.hops.at(-1);
  const netns = hop === undefined ? undefined : graph.netns.get(hop.netns);
  return { step, inReply, ...(netns === undefined ? {} : { netns }) };
}

const engines: ReadonlySet<string | undefined> = new Set(['Docker', 'Podman']);

export function endingOf({ step: { evidence } }: Decision): Ending {
  const { rule, sysctl } = evidence;
  if (rule !== undefined) return rule.index === 0 || engines.has(rule.madeBy) ? 'engine' : 'rule';
  return sysctl === undefined ? 'elsewhere' : 'setting';
}

/** `filter FORWARD rule 3`, `the policy of filter FORWARD`. */
export const placeOf = (rule: RuleRef): string =>
  rule.index === 0 ? `the policy of ${rule.table} ${rule.chain}` : `${rule.table} ${rule.chain} rule ${rule.index}`;

export const toolOf = (rule: RuleRef): string => {
  const six = rule.family === 'ip6' ? 'ip6tables' : 'iptables';
  return rule.backend === 'iptables-legacy' ? `${six}-legacy` : six;
};

/** Docker's own rules keep networks apart on purpose: the way through is a network both are on. */
const keepsApart = (rule: RuleRef) =>
  rule.madeBy === 'Docker' && /^(DOCKER|raw-PREROUTING|filter-forward|PREROUTING)/.test(rule.chain);

/** More rules than that are no small change. */
const acceptLimit = 12;

/** As few rules as can be, and one for answers where they meet the same rule. */
function acceptFor(steps: readonly Stopped[], rule: RuleRef, { netns }: Decision): readonly Draft[] {
  const table = rule.table === 'filter' ? [] : ['-t', rule.table];
  const tool = toolOf(rule);
  const position = rule.index === 0 ? ['-A', rule.chain] : ['-I', rule.chain, String(rule.index)];
  const all = matchesFor(steps, rule).map((match) => [...iptablesWords(match), '-j', 'ACCEPT']);
  if (all.length > acceptLimit) return [];
  const whom = steps.length === 1 ? ` from ${steps[0]!.step.packet.src} to ${steps[0]!.step.packet.dst}` : '';
  return [
    automatic({
      title: `Let exactly these packets through before ${placeOf(rule)}`,
      changes: `Adds ${all.length === 1 ? 'a rule' : `${all.length} rules`} to ${rule.chain} of table ${rule.table}: packets${whom} are accepted.`,
      scope: 'host',
      risk: 'Opens what somebody may have closed on purpose; nobody is interrupted.',
      commands: all.map((spec) => command(netns, tool, '-w', ...table, ...position, ...spec)),
      undo: all.map((spec) => command(netns, tool, '-w', ...table, '-D', rule.chain, ...spec)).reverse(),
      persistence: untilFlush,
      cutsConnection: false,
    }),
  ];
}

function remediesForRule(steps: readonly [Stopped, ...Stopped[]], rule: RuleRef, decision: Decision): readonly Draft[] {
  const { netns } = decision;
  if (keepsApart(rule)) {
    return [
      guided({
        title: 'Connect one of the two to a network of the other, or use a published port',
        changes: 'Both share a bridge; nothing else is opened.',
        scope: 'container',
        risk: 'The container gets another link, which may move its default route.',
        riskLevel: 'low',
        persistence: 'For good.',
        commands: [],
        steps: ['docker network connect NETWORK CONTAINER'],
      }),
    ];
  }
  if (rule.backend === 'nft') return remedyForNft(steps, rule, decision);
  const accept = acceptFor(steps, rule, decision);
  const table = rule.table === 'filter' ? [] : ['-t', rule.table];
  const tool = toolOf(rule);
  const cuts = rule.chain === 'INPUT';
  if (rule.index === 0) return accept;
  const own = splitWords(rule.rule.replace(/^\[\d+:\d+\] /, '')).slice(2);
  const remove = guided({
    title: `Delete ${placeOf(rule)}`,
    changes: `Deletes exactly this rule: ${rule.rule}`,
    scope: 'host',
    risk: 'Whatever else it stops passes as well.',
    riskLevel: 'medium',
    persistence: untilFlush,
    commands: [command(netns, tool, '-w', ...table, '-D', rule.chain, ...own)],
    undo: [command(netns, tool, '-w', ...table, '-I', rule.chain, String(rule.index), ...own)],
    cutsConnection: cuts,
  });
  return [...accept, remove];
}

/** Without undo commands: a rule of nft has a number only once it is there. What the table was like is kept, and put back exactly. */
function remedyForNft(steps: readonly [Stopped, ...Stopped[]], rule: RuleRef, { netns }: Decision): readonly Draft[] {
  const before = rule.handle === undefined ? [] : ['position', String(rule.handle)];
  const found = matchesFor(steps, rule);
  const matches = found.map(nftWords).filter((words) => words.length > 0);
  const withAnswers = found.some(({ isAnswer }) => isAnswer) && !found.every(({ isAnswer }) => isAnswer);
  if (matches.length === 0 || matches.length > acceptLimit) return [];
  const { src, dst } = steps[0].step.packet;
  const whom = steps.length === 1 ? `packets from ${src} to ${dst}` : 'the packets it stops';
  const remedy = automatic({
    title: `Let exactly these packets through in table ${rule.family} ${rule.table}`,
    changes: `Adds ${matches.length === 1 ? 'a rule' : 'rules'} to chain ${rule.chain}: ${whom} are accepted${withAnswers ? ', and their answers' : ''}.`,
    scope: 'host',
    commands: matches.map((match) =>
      command(netns, 'nft', 'insert', 'rule', rule.family, rule.table, rule.chain, ...before, ...match, 'accept'),
    ),
    undo: [],
    risk: 'Opens what somebody may have closed on purpose; nobody is interrupted.',
    persistence:
      'Lasts until the table is loaded again; to keep it: write the rule into the file the table comes from.',
    steps: ['by hand it is taken back with `nft -a list chain …` and `nft delete rule … handle N`'],
  });
  return [remedy];
}

function remediesForSysctl(
  { name, value }: { readonly name: string; readonly value: string },
  netns: NetnsNode | undefined,
): readonly Draft[] {
  const wanted = /\.rp_filter$/.test(name)
    ? '2'
    : /forward/.test(name) || /route_localnet$|accept_local$/.test(name)
      ? '1'
      : undefined;
  if (wanted === undefined || wanted === value) return [];
  return [
    setSysctl(netns, name, wanted, value, {
      title: `Set ${name} to ${wanted}`,
      changes: `${name} goes from ${value} to ${wanted}.`,
    }),
  ];
}

/** `others`: other packets that the same cause stopped. */
export function remediesFor(decision: Decision, others: readonly Stopped[] = []): readonly Draft[] {
  const { step, netns } = decision;
  const { rule, sysctl } = step.evidence;
  if (rule !== undefined) return remediesForRule([decision, ...others], rule, decision);
  if (sysctl !== undefined) return remediesForSysctl(sysctl, netns);
  if (step.kind === 'route' && step.verdict === 'no-route') {
    return [
      guided({
        title: 'Add a route',
        changes: `${netns?.name ?? 'The netns'} knows where to send packets for ${step.packet.dst}.`,
        scope: 'host',
        risk: 'A route that is too wide leads other packets astray.',
        riskLevel: 'medium',
        persistence: untilReboot,
        steps: [`ip route add ${step.packet.dst} via GATEWAY`],
      }),
    ];
  }
  return [];
}

export function evidenceFor({ step, netns }: Decision): readonly Evidence[] {
  const at = netns === undefined ? '' : ` (${netns.name})`;
  const more = netns === undefined ? {} : { netns: netns.id };
  const { rule, route, sysctl, fact, source } = step.evidence;
  const facts: Evidence[] = [
    {
      fact: step.text,
      source: source ?? `trace${at}`,
      ...more,
      ...(step.link === undefined ? {} : { link: step.link }),
    },
  ];
  if (rule !== undefined)
    facts.push({
      fact: rule.index === 0 ? `policy of ${rule.chain}` : rule.rule,
      source: `${rule.backend}, table ${rule.family} ${rule.table}, chain ${rule.chain}${at}`,
      ...more,
    });
  if (route !== undefined) facts.push({ fact: route, source: `ip route${at}`, ...more });
  if (sysctl !== undefined) facts.push({ fact: `${sysctl.name} = ${sysctl.value}`, source: `sysctl${at}`, ...more });
  if (fact !== undefined) facts.push({ fact, source: source ?? `trace${at}`, ...more });
  return facts;
}
