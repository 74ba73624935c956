/** Which links are bridges and ports of Open vSwitch: only its database knows, the kernel's master is its datapath or nothing. */
import type { LinkId } from '../model/ids.ts';
import type { OvsBridge, OvsPort } from '../model/open-vswitch.ts';
import type { Snapshot } from '../model/snapshot.ts';
import type { FactsIndex, IndexedNetns, LinkFacts } from './index-facts.ts';

export interface OvsRoles {
  /** The link that bears a bridge's name: its local port, where the host itself is plugged in. */
  readonly bridges: ReadonlyMap<LinkId, OvsBridge>;
  readonly ports: ReadonlyMap<LinkId, { readonly port: OvsPort; readonly bridge?: LinkFacts }>;
}

const hostNetns = (snapshot: Snapshot, index: FactsIndex): IndexedNetns | undefined => {
  const facts = snapshot.netns.find(({ isHost }) => isHost);
  return facts === undefined ? undefined : index.get(facts.id);
};

/** ovs-vswitchd runs in the host's netns; a port of another netns (an internal port moved away) is found by its name alone, so not here. */
export const resolveOvsPorts = (snapshots: readonly Snapshot[], index: FactsIndex): OvsRoles => {
  const bridges = new Map<LinkId, OvsBridge>();
  const ports = new Map<LinkId, { port: OvsPort; bridge?: LinkFacts }>();
  for (const snapshot of snapshots) {
    const netns = hostNetns(snapshot, index);
    if (netns === undefined) continue;
    for (const bridge of snapshot.openVswitch?.bridges ?? []) {
      const own = netns.byName.get(bridge.name);
      if (own !== undefined) bridges.set(own.id, bridge);
      for (const port of bridge.ports) {
        for (const { name, ifindex } of port.interfaces) {
          const link = netns.byName.get(name);
          if (link === undefined || link.id === own?.id) continue;
          if (ifindex !== undefined && ifindex !== link.facts.ifindex) continue;
          ports.set(link.id, { port, ...(own === undefined ? {} : { bridge: own }) });
        }
      }
    }
  }
  return { bridges, ports };
};
