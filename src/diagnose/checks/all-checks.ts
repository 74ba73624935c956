/** Every check, causes before consequences: what a person should read first comes first. */
import type { Check } from '../check.ts';
import { addressPoolsUsedUp } from './address-pools-used-up.ts';
import { arpFiltered } from './arp-filtered.ts';
import { bgpRoutesAbsent } from './bgp-routes-absent.ts';
import { bridgeAddressMissing } from './bridge-address-missing.ts';
import { bridgeDown } from './bridge-down.ts';
import { bridgeMissing } from './bridge-missing.ts';
import { bridgeOutsideFirewalld } from './bridge-outside-firewalld.ts';
import { bridgePortBlocked } from './bridge-port-blocked.ts';
import { bridgePortFloodOff } from './bridge-port-flood-off.ts';
import { bridgePortLimit } from './bridge-port-limit.ts';
import { bridgePortsIsolated } from './bridge-ports-isolated.ts';
import { bridgeVlanFiltering } from './bridge-vlan-filtering.ts';
import { bridgedFramesUnfiltered } from './bridged-frames-unfiltered.ts';
import { checksumsFail } from './checksums-fail.ts';
import { conntrackDropsPackets } from './conntrack-drops-packets.ts';
import { conntrackFull } from './conntrack-full.ts';
import { containerAddressWrong } from './container-address-wrong.ts';
import { containerGatewayUnreachable } from './container-gateway-unreachable.ts';
import { containerLinkMissing } from './container-link-missing.ts';
import { containerNoDefaultRoute } from './container-no-default-route.ts';
import { containerNotServing } from './container-not-serving.ts';
import { containerSubnetRoutedElsewhere } from './container-subnet-routed-elsewhere.ts';
import { containerWithoutNetwork } from './container-without-network.ts';
import { defaultRouteByDeadEnd } from './default-route-by-dead-end.ts';
import { directAccessDropped } from './direct-access-dropped.ts';
import { dockerUserDeadRule } from './docker-user-dead-rule.ts';
import { dockerUserDropsReplies } from './docker-user-drops-replies.ts';
import { duplicateAddress } from './duplicate-address.ts';
import { duplicateMac } from './duplicate-mac.ts';
import { embeddedDnsUnreachable } from './embedded-dns-unreachable.ts';
import { engineApiExposed } from './engine-api-exposed.ts';
import { engineRulesLeftover } from './engine-rules-leftover.ts';
import { engineRulesMissing } from './engine-rules-missing.ts';
import { engineSilent } from './engine-silent.ts';
import { flannelBipMismatch } from './flannel-bip-mismatch.ts';
import { flowBlocked } from './flow-blocked.ts';
import { hairpinOff } from './hairpin-off.ts';
import { hostGatewayUnanswered } from './host-gateway-unanswered.ts';
import { hostPortConflict } from './host-port-conflict.ts';
import { hostRouteMissing } from './host-route-missing.ts';
import { hostsFileMisleads } from './hosts-file-misleads.ts';
import { hostsFlowBlocked } from './hosts-flow-blocked.ts';
import { hostsMasqueraded } from './hosts-masqueraded.ts';
import { hostsSubnetOverlap } from './hosts-subnet-overlap.ts';
import { iccDisabled } from './icc-disabled.ts';
import { ipForwardDisabled } from './ip-forward-disabled.ts';
import { ipv6DefaultRouteLost } from './ipv6-default-route-lost.ts';
import { ipv6ForwardingDisabled } from './ipv6-forwarding-disabled.ts';
import { leftoverVeth } from './leftover-veth.ts';
import { linkWithoutArp } from './link-without-arp.ts';
import { listensOnLoopback } from './listens-on-loopback.ts';
import { localRouteMissing } from './local-route-missing.ts';
import { loopbackDown } from './loopback-down.ts';
import { loopbackPublishBroken } from './loopback-publish-broken.ts';
import { macvlanHostIsolation } from './macvlan-host-isolation.ts';
import { macvlanParentUnusable } from './macvlan-parent-unusable.ts';
import { masqueradeMissing } from './masquerade-missing.ts';
import { masqueradeShadowed } from './masquerade-shadowed.ts';
import { mtuLargerThanUplink } from './mtu-larger-than-uplink.ts';
import { nameserverOnLoopback } from './nameserver-on-loopback.ts';
import { neighbourTableFull } from './neighbour-table-full.ts';
import { neighbourUnanswered } from './neighbour-unanswered.ts';
import { neighboursForgotten } from './neighbours-forgotten.ts';
import { netemOnLink } from './netem-on-link.ts';
import { networkAddressesExhausted } from './network-addresses-exhausted.ts';
import { networkRemoved } from './network-removed.ts';
import { orphanDnat } from './orphan-dnat.ts';
import { orphanUserlandProxy } from './orphan-userland-proxy.ts';
import { overlayEntryMissing } from './overlay-entry-missing.ts';
import { overlayEntryWrong } from './overlay-entry-wrong.ts';
import { packetsLostOnLink } from './packets-lost-on-link.ts';
import { peerPortBlocked } from './peer-port-blocked.ts';
import { publishedOnInternalNetwork } from './published-on-internal-network.ts';
import { publishedOnLoopback } from './published-on-loopback.ts';
import { publishedPastHostFirewall } from './published-past-host-firewall.ts';
import { publishedPortNotAccepted } from './published-port-not-accepted.ts';
import { publishedPortWithoutDnat } from './published-port-without-dnat.ts';
import { resolverBypassed } from './resolver-bypassed.ts';
import { reversePathDrops } from './reverse-path-drops.ts';
import { ruleDropsPackets } from './rule-drops-packets.ts';
import { rulesInBothBackends } from './rules-in-both-backends.ts';
import { sharedNetnsParentRestarted } from './shared-netns-parent-restarted.ts';
import { staleNeighbour } from './stale-neighbour.ts';
import { subnetOverlapsRoute } from './subnet-overlaps-route.ts';
import { swarmIngressIncomplete } from './swarm-ingress-incomplete.ts';
import { translationCollides } from './translation-collides.ts';
import { ttlSetTooLow } from './ttl-set-too-low.ts';
import { tunnelBlocked } from './tunnel-blocked.ts';
import { tunnelEndsDisagree } from './tunnel-ends-disagree.ts';
import { tunnelMtuTooLarge } from './tunnel-mtu-too-large.ts';
import { unorderedPacketsReset } from './unordered-packets-reset.ts';
import { uplinkDown } from './uplink-down.ts';
import { userlandProxyGone } from './userland-proxy-gone.ts';
import { vethDown } from './veth-down.ts';
import { vethMtuMismatch } from './veth-mtu-mismatch.ts';
import { vethWithoutMaster } from './veth-without-master.ts';
import { wrongContainerPort } from './wrong-container-port.ts';
import { wrongFdbEntry } from './wrong-fdb-entry.ts';

export const allChecks: readonly Check[] = [
  engineSilent,
  containerNotServing,
  bridgeMissing,
  bridgeDown,
  ipForwardDisabled,
  engineRulesMissing,
  sharedNetnsParentRestarted,
  uplinkDown,
  loopbackDown,
  containerWithoutNetwork,
  vethDown,
  vethWithoutMaster,
  bridgeAddressMissing,
  containerLinkMissing,
  containerAddressWrong,
  localRouteMissing,
  containerNoDefaultRoute,
  defaultRouteByDeadEnd,
  containerGatewayUnreachable,
  linkWithoutArp,
  arpFiltered,
  bridgePortBlocked,
  bridgePortFloodOff,
  bridgePortsIsolated,
  bridgeVlanFiltering,
  duplicateMac,
  duplicateAddress,
  wrongFdbEntry,
  staleNeighbour,
  vethMtuMismatch,
  subnetOverlapsRoute,
  containerSubnetRoutedElsewhere,
  ipv6ForwardingDisabled,
  ipv6DefaultRouteLost,
  hostGatewayUnanswered,
  ttlSetTooLow,
  rulesInBothBackends,
  dockerUserDropsReplies,
  masqueradeMissing,
  masqueradeShadowed,
  orphanDnat,
  bridgeOutsideFirewalld,
  publishedPortWithoutDnat,
  publishedPortNotAccepted,
  userlandProxyGone,
  hairpinOff,
  loopbackPublishBroken,
  bridgedFramesUnfiltered,
  dockerUserDeadRule,
  macvlanParentUnusable,
  embeddedDnsUnreachable,
  nameserverOnLoopback,
  resolverBypassed,
  hostsFileMisleads,
  hostPortConflict,
  listensOnLoopback,
  wrongContainerPort,
  networkRemoved,
  orphanUserlandProxy,
  flannelBipMismatch,
  hostsSubnetOverlap,
  tunnelEndsDisagree,
  tunnelBlocked,
  overlayEntryWrong,
  overlayEntryMissing,
  peerPortBlocked,
  bgpRoutesAbsent,
  hostRouteMissing,
  flowBlocked,
  hostsFlowBlocked,
  tunnelMtuTooLarge,
  hostsMasqueraded,
  conntrackFull,
  neighbourTableFull,
  bridgePortLimit,
  networkAddressesExhausted,
  netemOnLink,
  leftoverVeth,
  engineApiExposed,
  publishedPastHostFirewall,
  mtuLargerThanUplink,
  publishedOnInternalNetwork,
  publishedOnLoopback,
  iccDisabled,
  macvlanHostIsolation,
  engineRulesLeftover,
  neighbourUnanswered,
  conntrackDropsPackets,
  translationCollides,
  neighboursForgotten,
  reversePathDrops,
  checksumsFail,
  directAccessDropped,
  packetsLostOnLink,
  ruleDropsPackets,
  unorderedPacketsReset,
  swarmIngressIncomplete,
  addressPoolsUsedUp,
];
