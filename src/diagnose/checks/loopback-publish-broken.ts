/** Without the userland proxy a published port is not reached by 127.0.0.1: the bridge must accept loopback addresses. */
import { affectsNetwork } from '../affected.ts';
import type { Check } from '../check.ts';
import { sysctlOf, where } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';
import { proxyIsOff } from './hairpin-off.ts';

export const loopbackPublishBroken: Check = {
  id: 'loopback-publish-broken',
  severity: 'warning',
  about:
    'With the userland proxy switched off, 127.0.0.1:PORT is led to the container by a rule; the kernel routes packets with a loopback source only ' +
    'out of links with route_localnet on. Docker switches it on for each bridge; a hardening script switches it off.',
  not: ['the userland proxy is on', 'a bridge without published ports'],
  references: ['moby setupLoopbackAddressesRouting()', 'linux Documentation/networking/ip-sysctl (route_localnet)'],
  needs: ['sysctls', 'ruleset', 'links'],
  find: (view) =>
    view.engines
      .filter((engine) => engine.engine.kind === 'docker' && !engine.engine.rootless && proxyIsOff(view, engine))
      .flatMap(({ netns, bridges, ports }) =>
        bridges.flatMap((each) => {
          const { bridge, attachments, network } = each;
          if (
            bridge === undefined ||
            !attachments.some(({ container }) =>
              ports.some((port) => port.container === container.id && !port.published.hostIp.includes(':')),
            )
          )
            return [];
          const { ifname } = bridge.facts;
          if (
            sysctlOf(netns, `ipv4.conf.${ifname}.route_localnet`) !== '0' ||
            sysctlOf(netns, 'ipv4.conf.all.route_localnet') !== '0'
          )
            return [];
          const name = `net.ipv4.conf.${ifname}.route_localnet`;
          return {
            subject: ifname,
            title: `Published ports of network ${network.facts.name} are not reached by 127.0.0.1`,
            why: `The userland proxy is off, and ${ifname} does not route loopback addresses: connections from this host to localhost fail.`,
            evidence: [{ fact: `${name} = 0`, source: `sysctl ${where(netns)}`, link: bridge.id }],
            remedies: [
              setSysctl(netns, name, '1', '0', {
                title: `Let ${ifname} route loopback addresses`,
                changes: `Packets from 127.0.0.1 may leave by ${ifname}.`,
                scope: 'network',
              }),
            ],
            affects: affectsNetwork(each),
          };
        }),
      ),
};
