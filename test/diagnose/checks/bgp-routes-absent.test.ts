/** bgp-routes-absent: what it finds between two hosts, and what it must not be confused with. */
import { bgpRoutesAbsent } from '../../../src/diagnose/checks/bgp-routes-absent.ts';
import { makeRoute } from '../healthy-host.ts';
import { type HostsDraft, testHostsCheck } from '../two-hosts.ts';

/** A block for each host, one workload on it, and what BIRD has learnt. */
const calico = ({ a, b }: HostsDraft): void => {
  for (const [n, { host, link }] of [a, b].entries()) {
    host.links!.push({ ...structuredClone(link('vethweb')), ifindex: 8, ifname: 'cali0123456789a' });
    host.routes!.push(
      makeRoute(`10.9.${n + 1}.0/26`, '', { type: 'blackhole', protocol: 'bird', scope: 'global' }),
      makeRoute(`10.9.${2 - n}.0/26`, 'eth0', { gateway: `10.77.0.1${2 - n}`, protocol: 'bird', scope: 'global' }),
    );
  }
};

testHostsCheck(bgpRoutesAbsent, {
  wiring: 'routes',
  finds: {
    'one host has learnt nothing': (draft) => {
      calico(draft);
      draft.b.host.routes = draft.b.host.routes!.filter(
        (route) => route.protocol !== 'bird' || route.type === 'blackhole',
      );
    },
  },
  ignores: {
    'both have learnt the other’s block': (draft) => calico(draft),
    'a host without workloads': (draft) => {
      calico(draft);
      draft.a.link('cali0123456789a').ifname = 'veth7';
      draft.b.host.routes = draft.b.host.routes!.filter((route) => route.dst !== '10.9.1.0/26');
    },
  },
});
