/** The command that prints how one thing stands. */
import type { Touch } from './touch.ts';

export const stateArgv = (touch: Touch): readonly string[] => {
  switch (touch.kind) {
    case 'chain':
      return [`${touch.tool}-save`, '-t', touch.table];
    case 'nft-table':
      return ['nft', '-s', 'list', 'table', touch.family, touch.table];
    case 'sysctl':
      return ['sysctl', '-n', touch.name];
    case 'sysctls':
      return ['sysctl', '-e', '-a', '-r', touch.pattern];
    case 'link':
    case 'bridge-port':
    case 'port-state':
      return ['ip', '-j', '-d', 'link', 'show', 'dev', touch.ifname];
    case 'addresses':
      return ['ip', '-j', 'addr', 'show', 'dev', touch.ifname];
    case 'neighbours':
      return ['ip', '-j', 'neigh', 'show', 'dev', touch.ifname, 'nud', 'all'];
    case 'fdb':
      return ['bridge', '-j', 'fdb', 'show', 'dev', touch.ifname];
    case 'vlans':
      return ['bridge', '-j', 'vlan', 'show', 'dev', touch.ifname];
    case 'qdisc':
      return ['tc', 'qdisc', 'show', 'dev', touch.ifname];
    case 'routes':
    case 'link-routes':
      // With -d type, protocol and scope are written out: the words of `ip route add`.
      return ['ip', '-o', '-d', `-${touch.family}`, 'route', 'show', 'table', 'all'];
    case 'policy-rules':
      return ['ip', '-d', `-${touch.family}`, 'rule', 'show'];
  }
};
