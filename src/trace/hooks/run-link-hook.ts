/** Chains on a link itself, nft's netdev family: ingress before bridge and IP see the frame, egress when all else is decided (nf_ingress, nf_hook_egress). */
import type { LinkNode } from '../../graph/graph.ts';
import { evaluateChains } from '../../netfilter/evaluate-chains.ts';
import type { HookedChain } from '../../netfilter/hook-result.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { endUnknown } from '../journal.ts';
import type { World } from '../world.ts';
import { hookContext } from './hook-context.ts';
import { atPlace, type HookPlace, runStages } from './run-hook.ts';

type LinkHook = 'ingress' | 'egress';

/** A chain names its links; `eth*` stands for all that begin so. */
const isOn = ({ chain }: HookedChain, ifname: string): boolean =>
  (chain.base?.devices ?? []).some((name) =>
    name.endsWith('*') ? ifname.startsWith(name.slice(0, -1)) : name === ifname,
  );

const dropsAll = /^(counter( packets \d+ bytes \d+)? )?drop$/;

/** Rules evaluate IP packets; a chain that lets nothing through but what it names may stop ARP, and then nobody is found. */
const mayStopArp = ({ chain }: HookedChain): boolean => {
  const about = chain.rules.filter(({ text }) => /\barp\b/.test(text));
  if (about.length > 0) return about.some(({ text }) => /\b(drop|reject|queue)\b/.test(text));
  return chain.base?.policy === 'drop' || chain.rules.some(({ text }) => dropsAll.test(text));
};

/** Would the chain do more than let the packet pass, if it saw it? */
const mayDecide = (world: World, flight: Flight, place: HookPlace, chain: HookedChain): boolean => {
  const view = world.view(flight.netns);
  const context = hookContext(view, flight, place);
  const result = evaluateChains(view.ruleset().ruleset!, [chain], flight.packet, context);
  return result.verdict !== 'accept' || result.steps.some(({ verdict }) => verdict === 'changed') || mayStopArp(chain);
};

export const runLinkHook = (
  world: World,
  flight: Flight,
  link: LinkNode,
  hook: LinkHook,
  after: (flight: Flight) => Next,
): Next => {
  const listed = world.view(link.netns).ruleset().linkChains(hook);
  if (listed.length === 0) return after(flight);
  const { ifname } = link.facts;
  const place = {
    hook,
    family: 'netdev',
    in: hook === 'ingress' ? link : undefined,
    out: hook === 'egress' ? link : undefined,
  } as const;
  const placed = { ...flight, netns: link.netns, packet: atPlace(flight.packet, place) };
  const undecided = (at: Flight, why: string) => endUnknown(world, at, 'rule', why, { hook: hook.toUpperCase() });
  const unsaid = listed.find((one) => one.chain.base?.devices === undefined && mayDecide(world, placed, place, one));
  if (unsaid !== undefined)
    return undecided(placed, `on which links chain ${nameOf(unsaid)} is, nft did not tell; on ${ifname} it may decide`);
  const chains = listed.filter((chain) => isOn(chain, ifname));
  if (chains.length === 0) return after(flight);
  const strict = flight.packet.family === 4 && link.facts.link_type === 'ether' ? chains.find(mayStopArp) : undefined;
  const passed = (out: Flight): Next =>
    strict === undefined
      ? after({ ...out, netns: flight.netns })
      : undecided(
          out,
          `whether chain ${nameOf(strict)} on ${ifname} lets ARP pass, without which nobody is found, cannot be told`,
        );
  return go(() => runStages({ world, place, stages: [{ kind: 'chains', chains }], after: passed }, placed, 0, false));
};

const nameOf = ({ table, chain }: HookedChain): string => `${table.family} ${table.name} ${chain.name}`;
