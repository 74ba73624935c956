/** A bridge port whose container is gone was left behind. */
import type { Check } from '../check.ts';
import { where } from '../host-view.ts';
import { command, guided, untilReboot } from '../remedies.ts';

export const leftoverVeth: Check = {
  id: 'leftover-veth',
  severity: 'warning',
  about:
    'A veth in a bridge whose other end nobody uses any more: an engine that was killed, an interrupted start, or a tool that moves links by hand ' +
    'left it. Each takes a bridge port and keeps an address from being given out.',
  not: [
    'a container of another runtime on the same bridge',
    'a container that is just starting',
    'a netns that a file keeps on purpose (ip netns add)',
  ],
  references: ['moby#33156', 'moby#23302', 'libnetwork#1108'],
  needs: ['links'],
  find: (view) =>
    view.graph.faults
      .filter(
        (fault) =>
          fault.kind === 'orphan-veth' &&
          fault.link !== undefined &&
          view.netns.some((netns) => netns.id === fault.netns),
      )
      .flatMap((fault) => {
        const link = view.link(fault.link);
        if (link === undefined) return [];
        const netns = view.netnsOf(link.netns);
        const { ifname } = link.facts;
        return {
          subject: ifname,
          title: `${ifname} in bridge ${view.link(link.master)?.facts.ifname ?? '?'} leads nowhere`,
          why: `${fault.text}.`,
          evidence: [
            {
              fact: fault.text,
              source: `ip -d link ${where(netns)} and the holders of its peer's netns`,
              link: link.id,
            },
          ],
          remedies: [
            guided({
              title: `Delete ${ifname}`,
              changes: `Deletes ${ifname} and its other end.`,
              scope: 'link',
              risk: 'Should a program still use the other end, its network is gone for good.',
              riskLevel: 'medium',
              persistence: untilReboot,
              commands: [command(netns, 'ip', 'link', 'del', 'dev', ifname)],
            }),
          ],
          affects: [link.id],
        };
      }),
};
