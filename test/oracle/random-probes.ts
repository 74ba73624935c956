/** Random packets to be sent through a topology. */
import type { Random } from './random.ts';
import type { Topology } from './topology.ts';

export interface Probe {
  readonly number: number;
  readonly netns: string;
  readonly proto: 'tcp' | 'udp' | 'icmp';
  readonly dst: string;
  readonly dport: number;
  /** Bound before sending; absent: the kernel chooses. */
  readonly sport?: number;
  readonly source?: string;
  readonly mark?: number;
}

/** 80: every address; 81: the first address only; 82: loopback only; 8080, 8081: nobody, or what rules make of it. */
const ports = [80, 80, 80, 81, 82, 8080, 8080, 8081];

const destination = (random: Random, topology: Topology, v6: boolean): string => {
  const addresses = topology.addresses.filter((one) => one.family === (v6 ? 6 : 4));
  const any = random.pick(addresses).address;
  if (v6) return random.chance(0.9) ? any : random.pick(['::1', 'fd00:10::99', '2001:db8::1']);
  return random.chance(0.82)
    ? any
    : random.pick([
        '127.0.0.1',
        '127.0.0.1',
        '10.10.0.99',
        '198.51.100.7',
        '203.0.113.80',
        '10.66.0.5',
        '10.67.0.9',
        '10.11.0.99',
      ]);
};

export const randomProbe = (random: Random, topology: Topology, number: number): Probe => {
  const v6 = topology.addresses.some((one) => one.family === 6) && random.chance(0.3);
  const netns = random.pick([...topology.netns, 'h', 'h', 'c00']);
  const proto = random.pick(['tcp', 'udp', 'udp', 'icmp'] as const);
  const own = topology.addresses.filter((one) => one.netns === netns && one.family === (v6 ? 6 : 4));
  const bindsSource = own.length > 0 && random.chance(0.12);
  return {
    number,
    netns,
    proto,
    dst: destination(random, topology, v6),
    dport: random.pick(ports),
    ...(proto !== 'icmp' && random.chance(0.5) && { sport: 4000 + number }),
    ...(bindsSource && { source: random.pick(own).address }),
    ...(random.chance(0.08) && { mark: random.pick([1, 2]) }),
  };
};
