/** kube-proxy and kubelet: Kubernetes services, in iptables, IPVS and nftables mode. */
import { type Label, labelOf, type System } from './system.ts';

const proxy = labelOf('kube-proxy');

const chains: readonly (readonly [RegExp, string])[] = [
  [/^KUBE-SERVICES$/, 'finds the service a packet is for'],
  [/^KUBE-EXTERNAL-SERVICES$/, 'services with outside addresses that have nobody behind them'],
  [/^KUBE-NODEPORTS$/, "finds the service of one of this host's node ports"],
  [/^KUBE-SVC-/, 'spreads one service over its endpoints'],
  [/^KUBE-SVL-/, 'spreads one service over its endpoints on this host'],
  [/^KUBE-EXT-|^KUBE-XLB-/, 'one service as seen from outside the cluster'],
  [/^KUBE-FW-/, 'who may reach one load-balanced service'],
  [/^KUBE-SEP-/, 'turns a service address into one endpoint (DNAT)'],
  [/^KUBE-POSTROUTING$/, 'hides marked packets behind this host'],
  [/^KUBE-MARK-MASQ$/, "marks packets that need this host's address"],
  [/^KUBE-MARK-DROP$/, 'marks packets to be dropped'],
  [/^KUBE-FORWARD$/, 'lets packets of services pass through'],
  [/^KUBE-FIREWALL$/, 'drops packets marked so, and what claims to come from loopback'],
  [/^KUBE-PROXY-FIREWALL$/, 'drops what load-balanced services do not accept'],
  [/^KUBE-(PROXY|KUBELET)-CANARY$/, 'empty on purpose: its loss tells that somebody flushed the rules'],
  [/^KUBE-IPTABLES-HINT$/, 'empty on purpose: tells which iptables backend the kubelet uses'],
  [/^KUBE-LOAD-BALANCER$/, 'who may reach load-balanced services (IPVS mode)'],
];

const purposeOf = (name: string): string | undefined =>
  /^KUBE-/.test(name)
    ? (chains.find(([pattern]) => pattern.test(name))?.[1] ?? 'a Kubernetes chain of a kind not known here')
    : undefined;

const maker = (name: string) =>
  /KUBELET|^KUBE-FIREWALL$|HINT|^KUBE-MARK-DROP$/.test(name) ? labelOf('kubelet') : proxy;

export const kubeProxySystem: System = {
  name: 'kube-proxy',
  labelTable({ table }) {
    return table.backend === 'nft' && table.name === 'kube-proxy' ? proxy('services of the cluster') : undefined;
  },
  labelChain({ table, chain }) {
    const purpose = purposeOf(chain.name);
    if (purpose !== undefined) return maker(chain.name)(purpose);
    return table.backend === 'nft' && table.name === 'kube-proxy'
      ? proxy(`services of the cluster: ${chain.name}`)
      : undefined;
  },
  labelRule({ table, chain, rule, words }): Label | undefined {
    const said = rule.comments[0];
    const inside = purposeOf(chain.name) !== undefined || (table.backend === 'nft' && table.name === 'kube-proxy');
    const goesTo = purposeOf(words.target ?? '');
    if (!inside && goesTo === undefined) return undefined;
    const purpose = goesTo ?? purposeOf(chain.name) ?? 'a rule of a service';
    return maker(words.target ?? chain.name)(said === undefined ? purpose : `${purpose} (${said})`);
  },
  labelLink({ link }) {
    return link.facts.ifname === 'kube-ipvs0' && link.kind === 'dummy'
      ? proxy("holds every service's address so that IPVS sees the packets")
      : undefined;
  },
};
