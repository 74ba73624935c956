/** Checks whose findings follow when the bridge of a network is down or gone: nothing on it passes, and routes by it are dead. */
export const lostWithBridge: readonly string[] = [
  'veth-without-master',
  'bridge-address-missing',
  'container-gateway-unreachable',
  'bridge-port-blocked',
  'subnet-overlaps-route',
  'container-subnet-routed-elsewhere',
  'local-route-missing',
  'neighbour-unanswered',
  'leftover-veth',
  'flow-blocked',
];
