/** Tailscale: its tunnel, its rules and its own routing table. */
import { labelOf, type System } from './system.ts';

const tailscale = labelOf('Tailscale');

const chains: Readonly<Record<string, string>> = {
  'ts-input': 'accepts packets from the tailnet, and drops those that fake its addresses',
  'ts-forward': 'marks and accepts packets that pass through from the tailnet',
  'ts-postrouting': 'hides packets from the tailnet behind this host',
};

export const tailscaleSystem: System = {
  name: 'tailscale',
  labelChain({ chain }) {
    const purpose = chains[chain.name];
    return purpose === undefined ? undefined : tailscale(purpose);
  },
  labelRule({ chain, words }) {
    const goesTo = chains[words.target ?? ''];
    if (goesTo !== undefined) return tailscale(goesTo);
    const inside = chains[chain.name];
    return inside === undefined ? undefined : tailscale(inside);
  },
  labelLink({ link }) {
    return /^tailscale\d+$/.test(link.facts.ifname) && link.kind === 'tun'
      ? labelOf('Tailscale', 'likely')('tunnel to the tailnet')
      : undefined;
  },
  labelRoute({ route }) {
    return route.table === '52' && /^tailscale/.test(route.dev ?? '') ? tailscale('leads into the tailnet') : undefined;
  },
};
