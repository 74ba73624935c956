/** A frame crosses a bridge, past br_netfilter where it is switched on (br_handle_frame, br_netfilter_hooks.c). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Hook } from '../../model/ruleset.ts';
import type { Flight, Next } from '../flight.ts';
import { go } from '../flight.ts';
import { runHook } from '../hooks/run-hook.ts';
import { end, endUnknown, note, pass } from '../journal.ts';
import { refusesIngress } from '../layer2/bridge-port.ts';
import type { BridgeDecision } from '../layer2/decide-bridge.ts';
import { decideBridge } from '../layer2/decide-bridge.ts';
import { resolveNeighbour } from '../layer2/resolve-neighbour.ts';
import { routeInput } from '../routing/route-input.ts';
import { selectIpv4Source } from '../routing/select-source.ts';
import { sysctl } from '../sysctls.ts';
import type { World } from '../world.ts';
import { enterLink } from './enter-link.ts';
import { leaveBy } from './leave-by.ts';
import { inputKey, receiveIp } from './receive-ip.ts';

/** Does br_netfilter hand bridged frames of this family to iptables? The sysctl or the bridge's own attribute will do. */
const callsIptables = (world: World, bridge: LinkNode, family: 4 | 6): boolean => {
  if (bridge.ovsBridge !== undefined) return false;
  const view = world.view(bridge.netns);
  // Without the module the sysctl is not there at all.
  const all = sysctl(view, `bridge.bridge-nf-call-ip${family === 6 ? '6' : ''}tables`);
  const own = bridge.facts.linkinfo?.info_data?.[`nf_call_ip${family === 6 ? '6' : ''}tables`];
  return all === '1' || own === 1 || own === true;
};

interface Crossing {
  readonly world: World;
  readonly bridge: LinkNode;
  readonly from: LinkNode | undefined;
}

const family = (flight: Flight) => (flight.packet.family === 4 ? 'ip' : 'ip6');

/** Chains of nft's bridge family; they see ports, not the bridge. */
const runBridgeChains = (
  crossing: Crossing,
  flight: Flight,
  hook: Hook,
  inLink: LinkNode | undefined,
  out: LinkNode | undefined,
  then: (flight: Flight) => Next,
): Next => {
  // Open vSwitch passes none of the host's hooks: neither nft's bridge family nor br_netfilter sees its frames.
  if (crossing.bridge.ovsBridge !== undefined) return then(flight);
  const { stages } = crossing.world.view(flight.netns).ruleset().stages('bridge', hook);
  if (!stages.some((stage) => stage.kind === 'chains' && stage.chains.length > 0)) return then(flight);
  return runHook(crossing.world, flight, { hook, family: 'bridge', in: inLink, out, bridged: true }, (after) =>
    then(after),
  );
};

export const crossBridge = (world: World, flight: Flight, bridge: LinkNode, from: LinkNode | undefined): Next => {
  const crossing = { world, bridge, from };
  if (from === undefined)
    return runBridgeChains(crossing, flight, 'output', undefined, bridge, (after) => switchFrame(crossing, after));
  const refused = refusesIngress(bridge, from);
  if (refused !== undefined)
    return end(
      world,
      flight,
      'dropped',
      { kind: 'bridge', text: refused, evidence: { fact: portFacts(from) }, link: from.id },
      { alone: bridge.facts.ifname },
    );
  return runBridgeChains(crossing, flight, 'prerouting', from, undefined, (after) => {
    if (!callsIptables(world, bridge, flight.packet.family)) return switchFrame(crossing, after);
    const place = {
      hook: 'prerouting',
      family: family(flight),
      in: bridge,
      out: undefined,
      physin: from,
      bridged: true,
    } as const;
    const watched = { ...after, bridgePort: from };
    return runHook(world, watched, place, (passed) =>
      passed.packet.dst === flight.packet.dst ? switchFrame(crossing, passed) : bridgedDnat(crossing, passed),
    );
  });
};

/**
 * A bridged frame got a new destination: routed when that lies elsewhere, else the frame gets the MAC of the new destination and stays
 * on the bridge (br_nf_pre_routing_finish).
 */
const bridgedDnat = (crossing: Crossing, flight: Flight): Next => {
  const { world, bridge } = crossing;
  const toBridge = {
    ...flight,
    packet: { ...flight.packet, ...(bridge.facts.address !== undefined && { dstMac: bridge.facts.address }) },
  };
  const answer = routeInput(world.view(flight.netns), inputKey(flight, bridge.facts.ifname));
  const way = answer.kind === 'forward' ? answer.ways.find((one) => one.link.id === bridge.id) : undefined;
  if (way === undefined) return switchFrame(crossing, toBridge);
  const view = world.view(flight.netns);
  const sender =
    flight.packet.family === 4 ? (selectIpv4Source(view, bridge, way.nextHop, 253) ?? '0.0.0.0') : flight.packet.src;
  const found = resolveNeighbour(world, bridge, { family: flight.packet.family, target: way.nextHop, sender });
  switch (found.kind) {
    case 'mac': {
      const text = `the new destination ${way.nextHop} is on the same bridge, at ${found.mac}`;
      const framed = { ...flight, packet: { ...flight.packet, dstMac: found.mac } };
      return switchFrame(
        crossing,
        note(
          world,
          framed,
          { kind: 'bridge', verdict: 'changed', text, evidence: {}, link: bridge.id },
          { alone: bridge.facts.ifname },
        ),
      );
    }
    case 'nobody':
      return end(
        world,
        flight,
        'no-neighbour',
        { kind: 'neighbour', text: found.why, evidence: {}, link: bridge.id },
        { alone: bridge.facts.ifname },
      );
    case 'beyond':
    case 'unknown':
      return endUnknown(world, flight, 'neighbour', found.why, { alone: bridge.facts.ifname });
  }
};

const portFacts = (port: LinkNode): string => {
  const state = port.bridgePort;
  const flags = [
    state?.hairpin && 'hairpin on',
    state?.isolated && 'isolated on',
    state?.learning === false && 'learning off',
  ].filter(Boolean);
  return `${port.facts.ifname} state ${state?.state ?? 'unknown'}${flags.length > 0 ? ` ${flags.join(' ')}` : ''}`;
};

const evidenceOf = (decision: BridgeDecision): { readonly fact?: string; readonly source?: string } => {
  const fdb = 'fdb' in decision ? decision.fdb : undefined;
  if (fdb !== undefined)
    return { fact: `${fdb.mac} dev ${fdb.ifname} master ${fdb.master} ${fdb.state}`.trim(), source: 'fdb' };
  const port = 'port' in decision ? decision.port : undefined;
  return port === undefined ? {} : { fact: portFacts(port), source: 'bridge port' };
};

/** Which way the frame goes; a frame for a MAC we do not know (it goes out of sight) takes the port that leads out. */
const switchFrame = (crossing: Crossing, flight: Flight): Next => {
  const { world, bridge, from } = crossing;
  const place = { alone: bridge.facts.ifname };
  const { srcMac, dstMac } = flight.packet;
  const decision = decideBridge(world, {
    bridge,
    from,
    srcMac,
    dstMac: dstMac ?? 'a MAC beyond the picture',
    vlan: flight.vlan,
  });
  switch (decision.kind) {
    case 'unknown':
      return endUnknown(world, flight, 'bridge', decision.why, place);
    case 'dropped': {
      const lost = (after: Flight): Next => {
        const step = { kind: 'bridge', text: decision.why, evidence: evidenceOf(decision) } as const;
        return end(world, after, 'dropped', { ...step, ...(decision.port && { link: decision.port.id }) }, place);
      };
      // A frame that is flooded meets FORWARD on its way to every port: a rule there may answer, though nobody takes the frame.
      const [port] = decision.flooded ?? [];
      if (port === undefined || from === undefined || flight.bridgePort === undefined) return lost(flight);
      const passing = { hook: 'forward', family: family(flight), in: bridge, out: bridge } as const;
      return runHook(world, flight, { ...passing, physin: from, physout: port, bridged: true }, lost);
    }
    case 'up': {
      const text = `${from?.facts.ifname} → ${bridge.facts.ifname} itself`;
      const step = () =>
        ({ kind: 'bridge', verdict: 'pass', text, evidence: { fact: decision.why }, link: bridge.id }) as const;
      const noted = pass(world, { ...flight, vlan: decision.vlan }, step, place);
      return runBridgeChains(crossing, noted, 'input', bridge, undefined, (after) =>
        enterLink(world, after, bridge, (entered) => receiveIp(world, entered, bridge)),
      );
    }
    case 'port': {
      const { port, why } = decision;
      const text = `${from === undefined ? '' : `${from.facts.ifname} → `}${port.facts.ifname}: ${why}`;
      const step = () =>
        ({ kind: 'bridge', verdict: 'pass', text, evidence: evidenceOf(decision), link: port.id }) as const;
      return passOn(crossing, pass(world, { ...flight, vlan: decision.vlan }, step, place), port);
    }
  }
};

const passOn = (crossing: Crossing, flight: Flight, port: LinkNode): Next => {
  const { world, bridge, from } = crossing;
  const leave = (after: Flight) =>
    runBridgeChains(crossing, after, 'postrouting', undefined, port, (last) => go(() => leaveBy(world, last, port)));
  if (from === undefined) return leave(flight);
  return runBridgeChains(crossing, flight, 'forward', from, port, (bridged) => {
    if (bridged.bridgePort === undefined) return leave(bridged);
    const physical = { physin: from, physout: port, bridged: true } as const;
    return runHook(
      world,
      bridged,
      { hook: 'forward', family: family(flight), in: bridge, out: bridge, ...physical },
      (forwarded) =>
        runHook(
          world,
          forwarded,
          { hook: 'postrouting', family: family(flight), in: undefined, out: bridge, ...physical },
          leave,
        ),
    );
  });
};
