/** One packet's way, told: hops and steps in the words of a trace, and one sentence for all that went the same way. */
import type { ProbeRecord } from '../../host/live/live-order.ts';
import type { NetnsId } from '../../model/ids.ts';
import { formatEndpoint } from '../../trace/format-packet.ts';
import type { Direction, Hop, Step } from '../../trace/trace.ts';
import type { World } from '../../trace/world.ts';
import { icmpErrorWords } from '../judge-probe.ts';
import { rejects } from '../name-rule.ts';
import { hopsOfTold, type Told, tellFlow } from '../tell-flow.ts';
import type { Journey } from './journeys.ts';
import { type DropWords, dropStep, dropWords } from './tell-drop.ts';
import type { GroupOutcome } from './watch-account.ts';

export interface ToldJourney {
  readonly text: string;
  readonly outcome: GroupOutcome;
  readonly way: Direction;
  readonly netns?: NetnsId;
  readonly decidedBy?: Step;
}

const ends = ({ step }: Told): boolean => step.verdict === 'dropped' || step.verdict === 'rejected';

/** `web → docker0 → FORWARD`: the netns it began in, the link it came in by, the hook it got to. */
const pathWords = (world: World, told: readonly Told[]): string => {
  const words: string[] = [];
  let before: NetnsId | undefined;
  for (const { netns, step } of told) {
    if (netns === before) continue;
    const { name, facts, containers } = world.view(netns).node;
    const into = step.packet.in;
    const isTransit = facts.isHost || containers.length === 0;
    if (before === undefined) words.push(into === undefined || !isTransit ? name : `${into} of ${name}`);
    else words.push(isTransit ? (into ?? name) : name);
    before = netns;
  }
  return words.join(' → ');
};

const hookOf = (world: World, { netns, at }: Told): string => at.slice(world.view(netns).node.name.length).trim();

const ruleWords = ({ evidence, verdict }: Step): string => {
  const { rule } = evidence;
  if (rule === undefined) return '';
  const does = verdict === 'rejected' || rejects(rule) ? 'rejects' : 'drops';
  const own = rule.madeBy === undefined || rule.madeBy === 'not known here' ? '' : ` [${rule.madeBy}]`;
  if (rule.index === 0) return `the policy of ${rule.table} ${rule.chain} ${does} it${own}`;
  if (rule.index < 0)
    return `${rule.rule} in ${rule.table} ${rule.chain} ${does} it (the rules have changed since they were read)`;
  return `rule ${rule.index} in ${rule.table} ${rule.chain} ${does} it: ${rule.rule}${own}`;
};

/** An address that is none of this netns' own: who answers must have a route to it. */
const foreignSource = (world: World, { netns, step }: Told): string => {
  const own = world.view(netns).links.flatMap((link) => link.addresses.map(({ local }) => local));
  const { src } = step.packet;
  return own.includes(src) ? '' : `, its source ${src} not translated: who answers needs a route to it`;
};

interface Ending {
  readonly outcome: GroupOutcome;
  readonly words: string;
  readonly step?: Step;
}

const restEnding = (world: World, journey: Journey, last: Told | undefined): Ending => {
  if (last === undefined) return { outcome: 'vanished', words: 'nothing more of it was seen' };
  const { node } = world.view(last.netns);
  if (last.step.kind === 'socket') return { outcome: 'delivered', words: `delivered to the sockets of ${node.name}` };
  const { packet } = last.step;
  if (last.step.text.startsWith('leaves by')) {
    const forwarded = journey.events.some((event) => event.netns === last.netns && event.chain === 'forward');
    const foreign = journey.direction === 'request' && forwarded ? foreignSource(world, last) : '';
    return {
      outcome: 'left',
      words: `leaves by ${packet.out ?? '?'} as ${formatEndpoint(packet, 'src')} → ${formatEndpoint(packet, 'dst')}${foreign}`,
    };
  }
  return { outcome: 'vanished', words: `not seen any more after ${last.at}: ${last.step.text}` };
};

const kernelEnding = (world: World, told: readonly Told[], drop: DropWords): Ending => {
  const last = told.at(-1);
  const step = last === undefined ? undefined : dropStep(drop, last.step.packet);
  const at = drop.netns === undefined || drop.netns === last?.netns ? '' : `in ${world.view(drop.netns).node.name}: `;
  return {
    outcome: drop.outcome,
    words: `${at}${drop.sentence}`,
    ...(step === undefined ? {} : { step }),
  };
};

const endingOf = (world: World, journey: Journey, told: readonly Told[], fullTable: ReadonlySet<NetnsId>): Ending => {
  const rule = told.findLast(ends);
  if (rule !== undefined)
    return { outcome: rule.step.verdict as 'dropped' | 'rejected', words: ruleWords(rule.step), step: rule.step };
  if (journey.drop !== undefined) {
    const last = told.at(-1);
    return kernelEnding(world, told, dropWords(world, journey.drop, { last: last?.netns, fullTable }));
  }
  return restEnding(world, journey, told.at(-1));
};

const directionOf = (hops: readonly Hop[], outcome: GroupOutcome, decided: Step | undefined): Direction => {
  const hop = hops.findIndex((one) => decided !== undefined && one.steps.includes(decided));
  return {
    outcome: outcome === 'left' || outcome === 'vanished' ? 'unknown' : outcome,
    hops,
    ...(decided === undefined || hop < 0 ? {} : { decidedBy: { hop, step: hops[hop]!.steps.indexOf(decided) } }),
  };
};

/** `order`: netns in the order of the predicted path. `fullTable`: where conntrack had no room. */
export const tellJourney = (
  world: World,
  record: Pick<ProbeRecord, 'handles'>,
  journey: Journey,
  order: readonly NetnsId[],
  fullTable: ReadonlySet<NetnsId>,
): ToldJourney => {
  const path = journey.direction === 'request' ? order : [...order].reverse();
  const told = tellFlow(world, record, journey.events, path);
  const ending = endingOf(world, journey, told, fullTable);
  const last = told.at(-1);
  const added: Told | undefined =
    ending.step === undefined || last === undefined || told.some(({ step }) => step === ending.step)
      ? undefined
      : { ...last, step: ending.step };
  const all = added === undefined ? told : [...told, added];
  const hops = hopsOfTold(world, all);
  const decided = all.find(({ step }) => step === ending.step);
  const hook = decided === undefined || added !== undefined ? '' : hookOf(world, decided);
  const { icmpType = 0, icmpCode = 0 } = journey.first;
  const what = journey.direction === 'error' ? `${icmpErrorWords(icmpType, icmpCode)}: ` : '';
  const text = `${what}${pathWords(world, told)}${hook === '' ? '' : ` → ${hook}`}: ${ending.words}`;
  const where = decided?.netns ?? last?.netns;
  return {
    text,
    outcome: ending.outcome,
    way: directionOf(hops, ending.outcome, ending.step),
    ...(where === undefined ? {} : { netns: where }),
    ...(ending.step === undefined ? {} : { decidedBy: ending.step }),
  };
};
