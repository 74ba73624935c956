/** Rules for traffic within one bridge have no effect: the kernel does not show bridged frames to iptables. */

import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import { type BridgeNetwork, type EngineView, optionOf, sysctlOf, where } from '../host-view.ts';
import { command, type Draft, guided } from '../remedies.ts';
import { proxyIsOff } from './hairpin-off.ts';

/** br_netfilter asks the setting of the netns, then that of the bridge (br_nf_pre_routing). */
function showThem({ netns }: EngineView, concerned: readonly BridgeNetwork[]): Draft {
  const bridges = concerned.map(({ ifname }) => ifname);
  const set = (value: string) =>
    bridges.map((name) =>
      command(netns, 'ip', 'link', 'set', 'dev', name, 'type', 'bridge', 'nf_call_iptables', value),
    );
  return guided({
    title: `Show frames within ${listNames(bridges)} to iptables`,
    changes: `Frames between containers of ${listNames(bridges)} pass the FORWARD rules; other bridges of this host stay as they are.`,
    scope: 'network',
    commands: set('1'),
    undo: set('0'),
    risk: 'What rules forbid between these containers, and passed so far, is stopped.',
    riskLevel: 'medium',
    persistence:
      'Lasts until the bridge is made anew; to keep it for all bridges: br_netfilter in /etc/modules-load.d and net.bridge.bridge-nf-call-iptables = 1 in /etc/sysctl.d.',
  });
}

/** No command of ours: the module switches filtering on for every bridge of the host at once, and taking it out again is not how it was before. */
const loadModule = (): Draft =>
  guided({
    title: 'Show bridged frames to iptables',
    changes:
      'Loads br_netfilter: frames within every bridge of this host pass the FORWARD rules, so it is for you to decide.',
    scope: 'host',
    risk: 'Bridges of virtual machines are filtered too: with a FORWARD policy of drop they may lose their network.',
    riskLevel: 'medium',
    persistence:
      'Lasts until the next reboot; to keep it: br_netfilter in /etc/modules-load.d and the sysctl in /etc/sysctl.d.',
    commands: [
      { argv: ['modprobe', 'br_netfilter'] },
      { argv: ['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=1'] },
    ],
    undo: [{ argv: ['sysctl', '-w', 'net.bridge.bridge-nf-call-iptables=0'] }],
  });

export const bridgedFramesUnfiltered: Check = {
  id: 'bridged-frames-unfiltered',
  severity: 'warning',
  about:
    'Frames between two ports of one bridge meet the iptables rules only with the module br_netfilter loaded and bridge-nf-call-iptables on. Without it ' +
    'icc=false does not keep containers apart, and without the userland proxy a neighbour’s published port cannot be reached.',
  not: [
    'networks with icc on and the userland proxy on: nobody needs it',
    'docker_gwbridge, which has icc=false always',
    'a network with fewer than two containers',
  ],
  references: ['moby#48375', 'moby#23358', 'linux Documentation/networking/bridge (br_netfilter)'],
  needs: ['sysctls', 'links'],
  find: (view) =>
    view.engines.flatMap((engine) => {
      const { netns, bridges, ports } = engine;
      const value = sysctlOf(netns, 'bridge.bridge-nf-call-iptables');
      if (value === '1' || netns === undefined || engine.engine.kind !== 'docker') return [];
      const several = bridges.filter(({ attachments, network, bridge }) => {
        // The attribute of one bridge switches it on for that bridge alone.
        const own = Number(bridge?.facts.linkinfo?.info_data?.['nf_call_iptables'] ?? 0) === 1;
        return attachments.length > 1 && network.facts.name !== 'docker_gwbridge' && !own;
      });
      const apart = several.filter(
        ({ network }) => optionOf(network, 'com.docker.network.bridge.enable_icc') === 'false',
      );
      const proxyless = proxyIsOff(view, engine)
        ? several.filter(({ attachments }) =>
            attachments.some(({ container }) => ports.some((port) => port.container === container.id)),
          )
        : [];
      if (apart.length === 0 && proxyless.length === 0) return [];
      const concerned = [...new Set([...apart, ...proxyless])];
      return {
        subject: 'this host',
        title:
          apart.length > 0
            ? `Containers of ${listNames(apart.map(({ network }) => network.facts.name))} are not kept apart, although icc=false says so`
            : 'Containers cannot reach published ports of their neighbours',
        why: 'Frames within a bridge are not shown to iptables: rules about them have no effect.',
        evidence: [
          {
            fact:
              value === undefined
                ? 'net.bridge.bridge-nf-call-iptables does not exist: br_netfilter is not loaded'
                : 'net.bridge.bridge-nf-call-iptables = 0',
            source: `sysctl ${where(netns)}`,
            netns: netns.id,
          },
          ...(apart.length > 0
            ? [{ fact: 'enable_icc=false', source: `docker network inspect ${apart[0]!.network.facts.name}` }]
            : [{ fact: 'the userland proxy is off', source: 'rules of table nat' }]),
        ],
        remedies: [value === undefined ? loadModule() : showThem(engine, concerned)],
        affects: concerned.flatMap(affectsNetwork),
      };
    }),
};
