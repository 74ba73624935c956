/** Every recogniser, in the order they are asked: proven makers first, then names, then what nobody claims. */
import { calicoSystem } from './calico.ts';
import { ciliumSystem } from './cilium.ts';
import { cniSystem } from './cni.ts';
import { containerNetns } from './container-netns.ts';
import { dockerChains } from './docker-chains.ts';
import { dockerLinks } from './docker-links.ts';
import { dockerNatRules } from './docker-nat-rules.ts';
import { dockerNetns } from './docker-netns.ts';
import { dockerNftables } from './docker-nftables.ts';
import { dockerRules } from './docker-rules.ts';
import { dockerSwarm } from './docker-swarm.ts';
import { fail2banSystem } from './fail2ban.ts';
import { firewalldSystem } from './firewalld.ts';
import { flannelSystem } from './flannel.ts';
import { foreignTable } from './foreign-table.ts';
import { hostLinks } from './host-links.ts';
import { iptablesBuiltin } from './iptables-builtin.ts';
import { kubeProxySystem } from './kube-proxy.ts';
import { libvirtSystem } from './libvirt.ts';
import { lxdSystem } from './lxd.ts';
import { openVswitchSystem } from './open-vswitch.ts';
import { pipeworkSystem } from './pipework.ts';
import { podmanSystem } from './podman.ts';
import type { System } from './system.ts';
import { tailscaleSystem } from './tailscale.ts';
import { ufwSystem } from './ufw.ts';
import { weaveSystem } from './weave.ts';
import { wireguardSystem } from './wireguard.ts';

export const allSystems: readonly System[] = [
  containerNetns,
  dockerNetns,
  dockerLinks,
  pipeworkSystem,
  dockerNftables,
  dockerChains,
  dockerRules,
  dockerSwarm,
  ufwSystem,
  firewalldSystem,
  libvirtSystem,
  podmanSystem,
  cniSystem,
  calicoSystem,
  kubeProxySystem,
  flannelSystem,
  weaveSystem,
  ciliumSystem,
  lxdSystem,
  openVswitchSystem,
  fail2banSystem,
  tailscaleSystem,
  wireguardSystem,
  // Shapes in chains everybody writes to: after all who sign their rules.
  dockerNatRules,
  hostLinks,
  iptablesBuiltin,
  foreignTable,
];
