/** A packet has reached its netns: INPUT, then whoever waits for it (ip_local_deliver). */
import type { LinkNode } from '../../graph/graph.ts';
import type { Flight, Next } from '../flight.ts';
import { runHook } from '../hooks/run-hook.ts';
import { end, endUnknown, note } from '../journal.ts';
import { findListener } from '../sockets/find-listener.ts';
import type { World } from '../world.ts';
import { balance } from './balance.ts';
import { decapsulate } from './decapsulate.ts';
import { moved } from './moved.ts';

/** `behind`: the link whose netns has the socket, where it is another one. */
export const deliver = (world: World, flight: Flight, link: LinkNode, behind?: LinkNode): Next => {
  const place = {
    hook: 'input',
    family: flight.packet.family === 4 ? 'ip' : 'ip6',
    in: link,
    out: undefined,
    ...(flight.bridgePort && { physin: flight.bridgePort }),
  } as const;
  return runHook(world, flight, place, (after) => {
    if (behind !== undefined) return toSocket(world, moved(after, behind), behind);
    return balance(world, after) ?? toSocket(world, after, link);
  });
};

const toSocket = (world: World, flight: Flight, link: LinkNode): Next => {
  if (flight.inside !== undefined) return decapsulate(world, flight);
  if (flight.direction === 'reply') return { kind: 'end', arrival: { flight, outcome: 'delivered' } };
  const found = findListener(world, flight.netns, flight.packet, link);
  switch (found.kind) {
    case 'unknown':
      return endUnknown(world, flight, 'socket', found.why);
    case 'none':
      return end(world, flight, found.silent ? 'dropped' : 'no-listener', {
        kind: found.sysctl ? 'sysctl' : 'socket',
        text: found.why,
        evidence: found.sysctl ? { sysctl: found.sysctl } : { source: 'sockets' },
      });
    case 'found': {
      const noted = note(world, flight, {
        kind: 'socket',
        verdict: 'delivered',
        text: found.text,
        evidence: { fact: found.fact, source: 'sockets' },
      });
      const local = found.socket?.local;
      const wildcard = local === '0.0.0.0' || local === '::';
      const listener = { netns: flight.netns, text: found.text, wildcard, ...(found.proxy && { proxy: found.proxy }) };
      return { kind: 'end', arrival: { flight: noted, outcome: 'delivered', listener } };
    }
  }
};
