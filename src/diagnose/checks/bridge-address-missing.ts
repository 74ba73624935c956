/** A bridge has lost the gateway address of its network. */

import type { AddressInfo } from '../../model/link.ts';
import { parsePrefix } from '../../std/ip-address.ts';
import { affectsNetwork, namesOn } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Problem } from '../finding.ts';
import { type BridgeNetwork, isUp, optionOf, where } from '../host-view.ts';
import { automatic, command, untilReboot } from '../remedies.ts';

const wordsFor = (
  each: BridgeNetwork,
  ifname: string,
  address: string,
  there: AddressInfo | undefined,
  length: number,
): Pick<Problem, 'title' | 'why'> => {
  const { name } = each.network.facts;
  if (there === undefined)
    return {
      title: `Bridge ${ifname} of network ${name} has lost its address ${address}`,
      why: `${namesOn(each)} have no gateway: they reach each other, but neither the host nor anybody beyond it.`,
    };
  return {
    title: `Bridge ${ifname} of network ${name} has ${address} with prefix /${there.prefixlen} instead of /${length}`,
    why: `The host has no route to the part of the network beyond /${there.prefixlen}: it reaches nobody there, and answers to them go astray.`,
  };
};

export const bridgeAddressMissing: Check = {
  id: 'bridge-address-missing',
  severity: 'error',
  about:
    'Containers use the bridge’s address as their gateway. Without it they still talk to each other, but nothing leaves the bridge and the ' +
    'host cannot reach them. Network managers that flush addresses do this, and so does `ip addr del`.',
  not: [
    'inhibit_ipv4 and isolated gateway mode, where there is no address on purpose',
    'IPv6 gateways, which are not decided here',
    'a bridge nobody runs on',
    'an address with a shorter prefix, which covers the network',
  ],
  references: ['moby#40217', 'moby#15630', 'moby drivers/bridge inhibit_ipv4'],
  needs: ['links', 'addresses'],
  leadsTo: 'engine',
  hides: [
    'container-gateway-unreachable',

    'neighbour-unanswered',
    'flow-blocked',
    'container-subnet-routed-elsewhere',
  ],
  find: (view) =>
    view.engines.flatMap(({ engine, netns, bridges }) =>
      bridges.flatMap((each) => {
        const { bridge, network } = each;
        if (bridge === undefined || !isUp(bridge) || each.attachments.length === 0 || !network.facts.enableIpv4)
          return [];
        if (optionOf(network, 'com.docker.network.bridge.inhibit_ipv4') === 'true') return [];
        if (optionOf(network, 'com.docker.network.bridge.gateway_mode_ipv4') === 'isolated') return [];
        return network.facts.subnets.flatMap(({ subnet, gateway }) => {
          const prefix = parsePrefix(subnet);
          const address = gateway?.split('/')[0];
          if (prefix?.family !== 4 || address === undefined || address === '') return [];
          const same = bridge.addresses.filter((one) => one.local === address);
          if (same.some(({ prefixlen }) => prefixlen <= prefix.length)) return [];
          const there = same[0];
          const withLength = `${address}/${prefix.length}`;
          const { ifname } = bridge.facts;
          return {
            subject: ifname,
            ...wordsFor(each, ifname, address, there, prefix.length),
            evidence: [
              {
                fact: `${ifname} has ${bridge.addresses.map((one) => `${one.local}/${one.prefixlen}`).join(', ') || 'no address'}`,
                source: `ip addr ${where(netns)}`,
                link: bridge.id,
              },
              {
                fact: `network ${network.facts.name} has gateway ${address}`,
                source: `${engine.kind} network inspect`,
              },
            ],
            remedies: [
              automatic({
                title: `Give ${ifname} its address back`,
                changes: `Adds ${withLength} to ${ifname}; the kernel adds the route to the network with it.`,
                scope: 'network',
                commands: [command(netns, 'ip', 'addr', 'add', withLength, 'brd', '+', 'dev', ifname)],
                undo: [command(netns, 'ip', 'addr', 'del', withLength, 'dev', ifname)],
                persistence: `${untilReboot} Find what took it: a network manager that manages ${ifname} will do it again.`,
              }),
            ],
            affects: affectsNetwork(each),
          };
        });
      }),
    ),
};
