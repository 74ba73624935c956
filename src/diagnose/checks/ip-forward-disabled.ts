/** IPv4 forwarding is off where bridge networks need it: for the whole host, or for one link. */

import { listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import { type BridgeNetwork, type EngineView, sysctlOf, where } from '../host-view.ts';
import { setSysctl } from '../remedies.ts';

const needsForwarding = ({ network, attachments }: BridgeNetwork) =>
  !network.facts.internal && network.facts.enableIpv4 && attachments.length > 0;

/** Links packets for containers come in by: what default routes leave by. */
const uplinks = ({ netns }: EngineView): readonly string[] => [
  ...new Set(
    (netns?.facts.routes ?? []).flatMap((route) =>
      route.dst === 'default' && route.dev !== undefined ? [route.dev] : [],
    ),
  ),
];

function whole(engine: EngineView, concerned: readonly BridgeNetwork[]): Problem {
  const affects: readonly Affected[] = concerned.flatMap(({ network, attachments }) => [
    network.id,
    ...attachments.map(({ container }) => container.id),
  ]);
  return {
    subject: 'this host',
    title: 'IPv4 forwarding is switched off',
    why: `Containers of ${listNames(concerned.map(({ network }) => network.facts.name))} reach each other and the host, but nobody beyond it; published ports time out from outside.`,
    evidence: [
      {
        fact: 'net.ipv4.ip_forward = 0',
        source: `sysctl ${where(engine.netns)}`,
        ...(engine.netns === undefined ? {} : { netns: engine.netns.id }),
      },
      {
        fact: `bridge networks with running containers: ${concerned.map(({ network }) => network.facts.name).join(', ')}`,
        source: `${engine.engine.kind} network inspect`,
      },
    ],
    remedies: [
      setSysctl(engine.netns, 'net.ipv4.ip_forward', '1', '0', {
        title: 'Switch IPv4 forwarding on',
        changes: 'The host forwards packets between all its links, which also switches it on for each of them.',
        risk: 'Nobody is interrupted; the host becomes a router: where the FORWARD policy is accept, it forwards for everybody.',
      }),
    ],
    affects,
  };
}

function oneLink(engine: EngineView, ifname: string, concerned: readonly BridgeNetwork[]): Problem {
  const name = `net.ipv4.conf.${ifname}.forwarding`;
  return {
    subject: ifname,
    title: `IPv4 forwarding is switched off for ${ifname}`,
    why: `Packets that come in by ${ifname} are not forwarded: one direction of every connection through it is lost.`,
    evidence: [
      {
        fact: `${name} = 0`,
        source: `sysctl ${where(engine.netns)}`,
        ...(engine.netns === undefined ? {} : { netns: engine.netns.id }),
      },
    ],
    remedies: [
      setSysctl(engine.netns, name, '1', '0', {
        title: `Switch forwarding on for ${ifname}`,
        changes: `The host forwards packets that come in by ${ifname}.`,
        scope: 'link',
      }),
    ],
    affects: concerned.flatMap(({ network, attachments }) => [
      network.id,
      ...attachments.map(({ container }) => container.id),
    ]),
  };
}

export const ipForwardDisabled: Check = {
  id: 'ip-forward-disabled',
  severity: 'error',
  gate: true,
  about:
    'Packets between a bridge and any other link are forwarded only with net.ipv4.ip_forward on, and only when the link they come in by allows ' +
    'it. The engine switches it on at its start (not with its nftables backend); hardening files, `sysctl --system` or network managers ' +
    'switch it off again later.',
  not: [
    'only host, none, macvlan, ipvlan or internal networks in use',
    'a rootless engine: the setting of its own netns counts',
    'no running container on a bridge',
  ],
  references: ['moby#47966', 'moby#27319', 'moby#22805', 'linux ip_route_input_slow(): IN_DEV_FORWARD'],
  needs: ['sysctls'],
  leadsTo: 'setting',
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines.flatMap((engine) => {
      const concerned = engine.bridges.filter(needsForwarding);
      if (concerned.length === 0 || engine.engine.rootless) return [];
      if (sysctlOf(engine.netns, 'ipv4.ip_forward') === '0') return [whole(engine, concerned)];
      const off = (ifname: string) => sysctlOf(engine.netns, `ipv4.conf.${ifname}.forwarding`) === '0';
      return [
        ...uplinks(engine)
          .filter(off)
          .map((ifname) => oneLink(engine, ifname, concerned)),
        ...concerned
          .filter(({ bridge, ifname }) => bridge !== undefined && off(ifname))
          .map((each) => oneLink(engine, each.ifname, [each])),
      ];
    }),
};
