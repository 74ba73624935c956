/** Containers may send longer packets than the uplink takes. */
import { affectsNetwork, listNames } from '../affected.ts';
import type { Check } from '../check.ts';
import type { BridgeNetwork, EngineView, HostView } from '../host-view.ts';
import { where } from '../host-view.ts';
import { guided, untilReboot } from '../remedies.ts';

const isBigger = (each: BridgeNetwork, mtu: number) =>
  each.attachments.filter(({ inside }) => inside !== undefined && inside.facts.mtu > mtu);

/** Rules that drop the ICMP message by which a sender learns of the smaller MTU. */
function dropsTooBig(view: HostView, { netns }: EngineView): string | undefined {
  if (netns === undefined) return undefined;
  for (const table of view.ruleset(netns)?.tables ?? []) {
    for (const chain of table.chains.values()) {
      const rule = chain.rules.find(
        (one) =>
          /fragmentation-needed|--icmp-type 3\/4|icmp type destination-unreachable/.test(one.text) &&
          /-j (DROP|REJECT)|\bdrop\b/.test(one.text),
      );
      if (rule !== undefined) return rule.text;
    }
  }
  return undefined;
}

const clamps = (view: HostView, { netns }: EngineView) =>
  netns !== undefined &&
  (view.ruleset(netns)?.tables ?? []).some((table) =>
    [...table.chains.values()].some((chain) => chain.rules.some((rule) => /TCPMSS|maxseg size set/.test(rule.text))),
  );

export const mtuLargerThanUplink: Check = {
  id: 'mtu-larger-than-uplink',
  severity: 'info',
  about:
    'Containers send packets up to their link’s MTU. When the uplink takes less, the host tells senders to send less (ICMP "fragmentation needed"). ' +
    'That works unless somebody drops these messages: then small requests pass and large transfers hang.',
  not: ['equal MTUs', 'a larger uplink (jumbo frames)', 'the MTU of an empty bridge', 'an MSS clamp in the rules'],
  references: ['moby#13475', 'moby#22028', 'for-linux#594', 'RFC 1191'],
  needs: ['links', 'routes'],
  find: (view) =>
    view.engines.flatMap((engine) => {
      const { netns, bridges } = engine;
      const route = netns?.facts.routes?.find(
        (one) => one.dst === 'default' && one.table === 'main' && one.dev !== undefined,
      );
      const uplink = netns === undefined || route?.dev === undefined ? undefined : view.linkNamed(netns.id, route.dev);
      if (uplink === undefined || netns === undefined || clamps(view, engine)) return [];
      const concerned = bridges.filter(
        (each) => !each.network.facts.internal && isBigger(each, uplink.facts.mtu).length > 0,
      );
      if (concerned.length === 0) return [];
      const dropped = dropsTooBig(view, engine);
      const { ifname, mtu } = uplink.facts;
      return {
        subject: ifname,
        severity: dropped === undefined ? ('info' as const) : ('error' as const),
        title: `Containers send packets longer than ${ifname} takes (${mtu} bytes)${dropped === undefined ? '' : ', and are never told so'}`,
        why:
          dropped === undefined
            ? 'Senders learn the smaller size from the host; it costs a round trip, and works only while ICMP passes.'
            : 'A rule drops the messages by which senders learn the smaller size: small requests pass, large transfers hang.',
        evidence: [
          { fact: `${ifname} mtu ${mtu}`, source: `ip link ${where(netns)}`, link: uplink.id },
          {
            fact: `containers of ${listNames(concerned.map(({ network }) => network.facts.name))} have a larger one`,
            source: 'ip link (containers)',
          },
          ...(dropped === undefined
            ? []
            : [{ fact: dropped, source: `iptables-save or nft list ruleset ${where(netns)}`, netns: netns.id }]),
        ],
        remedies: [
          guided({
            title: 'Cut TCP connections to the size of the path',
            changes: 'Every forwarded TCP connection agrees on segments that fit.',
            scope: 'host',
            risk: 'Nobody is interrupted; UDP is not helped.',
            riskLevel: 'low',
            persistence: untilReboot,
            commands: [
              {
                argv: [
                  'iptables',
                  '-w',
                  '-t',
                  'mangle',
                  '-I',
                  'FORWARD',
                  '-o',
                  ifname,
                  '-p',
                  'tcp',
                  '--tcp-flags',
                  'SYN,RST',
                  'SYN',
                  '-j',
                  'TCPMSS',
                  '--clamp-mss-to-pmtu',
                ],
              },
            ],
            undo: [
              {
                argv: [
                  'iptables',
                  '-w',
                  '-t',
                  'mangle',
                  '-D',
                  'FORWARD',
                  '-o',
                  ifname,
                  '-p',
                  'tcp',
                  '--tcp-flags',
                  'SYN,RST',
                  'SYN',
                  '-j',
                  'TCPMSS',
                  '--clamp-mss-to-pmtu',
                ],
              },
            ],
          }),
          guided({
            title: `Give the networks an MTU of ${mtu}`,
            changes: `New networks and their containers send at most ${mtu} bytes.`,
            scope: 'host',
            risk: 'Networks and containers have to be made again.',
            riskLevel: 'medium',
            persistence: 'For good.',
            steps: [
              `daemon.json: "mtu": ${mtu} (default bridge), "default-network-opts": {"bridge": {"com.docker.network.driver.mtu": "${mtu}"}} (24 and later)`,
            ],
          }),
        ],
        affects: concerned.flatMap(affectsNetwork),
      };
    }),
};
