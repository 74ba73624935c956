/** Finds the bridge, or the parent link, that carries an engine's network. */
import type { EngineNetwork } from '../model/container.ts';
import type { LinkId, NetnsId } from '../model/ids.ts';
import type { Relation } from './graph.ts';
import type { FactsIndex, IndexedNetns } from './index-facts.ts';

/** Name the engine gives to the bridge of a network; the drivers' own defaults where no option says otherwise. */
const bridgeName = (network: EngineNetwork): string => {
  const { options } = network;
  const given = options['com.docker.network.bridge.name'] ?? options['network_interface'];
  if (given !== undefined && given !== '') return given;
  if (options['com.docker.network.bridge.default_bridge'] === 'true') return 'docker0';
  if (network.engine === 'docker' && network.name === 'bridge') return 'docker0';
  return `br-${network.fullId.slice(0, 12)}`;
};

/** Without a parent option the drivers make a dummy link of their own (moby: getDummyName). */
const parentName = (network: EngineNetwork): string =>
  network.options['parent'] || network.options['network_interface'] || `dm-${network.fullId.slice(0, 12)}`;

const findLink = (home: IndexedNetns | undefined, name: string, kinds: readonly string[]): Relation<LinkId> => {
  if (home === undefined || !home.linksRead)
    return { certainty: 'unknown', why: "the links of the engine's netns could not be read" };
  const link = home.byName.get(name);
  const netns = home.facts.id;
  if (link === undefined) return { certainty: 'unknown', why: `there is no link ${name} in the engine's netns`, netns };
  const kind = link.facts.linkinfo?.info_kind;
  if (kinds.length > 0 && (kind === undefined || !kinds.includes(kind))) {
    return { certainty: 'unknown', why: `${name} is no ${kinds.join(' or ')}`, netns, ifindex: link.facts.ifindex };
  }
  return { certainty: 'exact', to: link.id };
};

/** Podman's Docker API does not say what the bridge is called; the one bridge that holds the network's gateway is it. */
const findGatewayBridge = (network: EngineNetwork, home: IndexedNetns | undefined): Relation<LinkId> => {
  if (home === undefined || !home.linksRead)
    return { certainty: 'unknown', why: "the links of the engine's netns could not be read" };
  const gateways = new Set(network.subnets.flatMap(({ gateway }) => gateway?.split('/')[0] ?? []));
  const holders = (home.facts.addresses ?? []).filter(({ addr_info }) =>
    addr_info.some(({ local }) => gateways.has(local)),
  );
  const bridges = holders
    .flatMap(({ ifname }) => home.byName.get(ifname) ?? [])
    .filter((link) => link.facts.linkinfo?.info_kind === 'bridge');
  const [bridge, ...others] = bridges;
  if (bridge !== undefined && others.length === 0) return { certainty: 'exact', to: bridge.id };
  const netns = home.facts.id;
  return others.length > 0
    ? {
        certainty: 'ambiguous',
        candidates: bridges.map((link) => link.id),
        why: 'several bridges hold its gateway address',
      }
    : { certainty: 'unknown', why: `no bridge holds the gateway address of network ${network.name}`, netns };
};

const namesBridge = ({ engine, options }: EngineNetwork): boolean =>
  engine !== 'podman' || (options['com.docker.network.bridge.name'] ?? options['network_interface'] ?? '') !== '';

/** moby's overlay driver names the netns of a network `1-` + ten characters of its id; the bridge inside is br0. */
const findOverlayBridge = (
  network: EngineNetwork,
  index: FactsIndex,
  home: IndexedNetns | undefined,
): Relation<LinkId> => {
  const suffix = `-${network.fullId.slice(0, 10)}`;
  for (const netns of index.values()) {
    if (netns.host !== home?.host) continue;
    const named = netns.facts.names.some(
      (name) => /(^|\/)\d+$/.test(name.slice(0, -suffix.length)) && name.endsWith(suffix),
    );
    if (named) return findLink(netns, 'br0', ['bridge']);
  }
  return { certainty: 'unknown', why: 'the netns of this overlay was not found on this host' };
};

/** undefined: this kind of network has no link of its own. */
export const resolveNetworkLink = (
  network: EngineNetwork,
  engineNetns: NetnsId | undefined,
  index: FactsIndex,
): Relation<LinkId> | undefined => {
  const home = engineNetns === undefined ? undefined : index.get(engineNetns);
  switch (network.driver) {
    case 'bridge':
      return namesBridge(network) ? findLink(home, bridgeName(network), ['bridge']) : findGatewayBridge(network, home);
    case 'macvlan':
    case 'ipvlan':
      return findLink(home, parentName(network), []);
    case 'overlay':
      return findOverlayBridge(network, index, home);
    default:
      return undefined;
  }
};
