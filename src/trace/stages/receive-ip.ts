/** IP of a netns takes a packet from a link: PREROUTING, route, then for us or onward (ip_rcv, ipv6_rcv). */
import type { LinkNode } from '../../graph/graph.ts';
import { refusalEvidence, refusalOutcome, routeEvidence, routeText } from '../explain-route.ts';
import type { Flight, Next } from '../flight.ts';
import { isIpv6Disabled } from '../hooks/hook-context.ts';
import { runHook } from '../hooks/run-hook.ts';
import { end, endUnknown, pass } from '../journal.ts';
import { ipvlanMode } from '../layer2/macvlan.ts';
import type { InputAnswer } from '../routing/route-input.ts';
import { routeInput } from '../routing/route-input.ts';
import type { RouteKey } from '../routing/route-key.ts';
import type { Found } from '../routing/route-output.ts';
import type { World } from '../world.ts';
import { deliver } from './deliver.ts';
import { forward } from './forward.ts';
import { splitWays } from './send.ts';
import { ipvlanOwner } from './through-ipvlan.ts';

const hookFamily = (flight: Flight) => (flight.packet.family === 4 ? 'ip' : 'ip6');

export const inputKey = (flight: Flight, ifname: string): RouteKey => {
  const { packet } = flight;
  return {
    family: packet.family,
    dst: packet.dst,
    src: packet.src,
    iif: ifname,
    mark: packet.mark,
    tos: packet.tos,
    proto: packet.proto,
    ...(packet.sport !== undefined && { sport: packet.sport }),
    ...(packet.dport !== undefined && { dport: packet.dport }),
  };
};

/** br_netfilter has run PREROUTING already when the frame came through a bridge it watches (ip_sabotage_in). */
export const receiveIp = (world: World, flight: Flight, link: LinkNode): Next => {
  const { ifname } = link.facts;
  if (flight.packet.family === 6 && isIpv6Disabled(world.view(flight.netns), ifname)) {
    const name = `net.ipv6.conf.${ifname}.disable_ipv6`;
    return end(world, flight, 'dropped', {
      kind: 'sysctl',
      text: `IPv6 is switched off on ${ifname}`,
      evidence: { sysctl: { name, value: '1' } },
      link: link.id,
    });
  }
  const arrived = { ...flight, packet: { ...flight.packet, in: ifname } };
  if (flight.bridgePort !== undefined) return routeIn(world, arrived, link);
  const place = { hook: 'prerouting', family: hookFamily(flight), in: link, out: undefined } as const;
  return runHook(world, arrived, place, (after) => routeIn(world, after, link));
};

/** Mode l3s: INPUT of the parent's netns, then the socket in the link's own (ipvlan_l3_rcv, ipvlan_nf_input). */
const l3sOwner = (world: World, flight: Flight, link: LinkNode): LinkNode | undefined => {
  const owner = ipvlanOwner(world, link, flight.packet.dst);
  return owner !== undefined && ipvlanMode(owner) === 'l3s' ? owner : undefined;
};

const routeIn = (world: World, flight: Flight, link: LinkNode): Next => {
  const behind = l3sOwner(world, flight, link);
  if (behind !== undefined) return deliver(world, flight, link, behind);
  // What came over lo was routed when it was sent: no second look-up, no rp_filter (skb_valid_dst).
  if (link.kind === 'loopback') return deliver(world, flight, link);
  return onAnswer(world, flight, link, routeInput(world.view(flight.netns), inputKey(flight, link.facts.ifname)));
};

const onAnswer = (world: World, flight: Flight, link: LinkNode, answer: InputAnswer): Next => {
  switch (answer.kind) {
    case 'unknown':
      return endUnknown(world, flight, 'route', answer.reason);
    case 'dropped': {
      const evidence = answer.sysctl ? { sysctl: answer.sysctl } : refusalEvidence(answer.answer);
      return end(world, flight, 'dropped', {
        kind: answer.sysctl ? 'sysctl' : 'route',
        text: answer.why,
        evidence,
        link: link.id,
      });
    }
    case 'unreachable':
      return end(world, flight, refusalOutcome(answer.type), {
        kind: 'route',
        text: `${answer.why}; the sender is told so`,
        evidence: refusalEvidence(answer.answer),
      });
    case 'local': {
      const step = () => routeStep(answer.found, flight);
      return deliver(world, pass(world, flight, step), link);
    }
    case 'forward': {
      const { found } = answer;
      return splitWays(answer.ways, 'the route has several next hops', (way) => {
        const step = () => ({ ...routeStep(found, flight), link: way.link.id });
        return forward(world, pass(world, flight, step), link, way);
      });
    }
  }
};

const routeStep = (found: Found, flight: Flight) =>
  ({
    kind: 'route',
    verdict: 'pass',
    text: routeText(found, flight.packet.dst),
    evidence: routeEvidence(found),
  }) as const;
