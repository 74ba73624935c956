/** What a packet takes along into the netns of another link, and what it leaves behind (skb_scrub_packet). */
import type { LinkNode } from '../../graph/graph.ts';
import { forget } from '../conntrack/connections.ts';
import type { Flight } from '../flight.ts';

/** Into another netns the packet takes neither mark nor conntrack entry; within one netns only the entry is lost. */
export const moved = (flight: Flight, to: LinkNode): Flight => {
  const { bridgePort: _port, ...rest } = flight;
  const { in: _in, out: _out, physin: _physin, physout: _physout, ...packet } = flight.packet;
  return {
    ...rest,
    netns: to.netns,
    packet: to.netns === flight.netns ? packet : { ...packet, mark: 0 },
    tracking: forget(flight.tracking),
    local: false,
    crossings: flight.crossings + 1,
  };
};
