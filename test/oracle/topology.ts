/** A small network to be built from shell commands, and what is in it. */

export interface PlacedAddress {
  readonly netns: string;
  readonly ifname: string;
  readonly address: string;
  readonly length: number;
  readonly family: 4 | 6;
}

export interface PlacedLink {
  readonly netns: string;
  readonly ifname: string;
  readonly kind: 'veth' | 'bridge' | 'macvlan';
  readonly master?: string;
}

/** Commands are kept in the order they must run in; every name gets the prefix of the run. */
export interface Topology {
  readonly netns: string[];
  readonly links: PlacedLink[];
  readonly addresses: PlacedAddress[];
  readonly commands: string[];
  /** Commands of one netns: for sysctls and rules, run with nsenter. */
  readonly inside: { readonly netns: string; readonly script: string }[];
  readonly notes: string[];
}

export const emptyTopology = (): Topology => ({
  netns: [],
  links: [],
  addresses: [],
  commands: [],
  inside: [],
  notes: [],
});

/** Words for putting a topology together; `$P` in a command stands for the run's prefix. */
export const builder = (topology: Topology) => {
  const run = (command: string): void => {
    topology.commands.push(command);
  };
  const ip = (netns: string, words: string): void => run(`ip -n $P${netns} ${words}`);
  const sysctl = (netns: string, name: string, value: string | number): void => {
    topology.inside.push({ netns, script: `echo ${value} > /proc/sys/net/${name}` });
  };
  return {
    run,
    ip,
    sysctl,
    inside: (netns: string, script: string): void => {
      topology.inside.push({ netns, script });
    },
    netns: (name: string): void => {
      topology.netns.push(name);
      run(`ip netns add $P${name}`);
      ip(name, 'link set lo up');
      // Quick and repeatable: no duplicate address detection, no limits on ICMP errors, no delay of proxied answers.
      const settings = [
        'ipv6/conf/default/accept_dad 0',
        'ipv6/conf/all/accept_dad 0',
        'ipv6/conf/default/accept_ra 0',
        'ipv4/icmp_ratelimit 0',
        'ipv4/conf/all/accept_redirects 0',
        'ipv4/conf/default/accept_redirects 0',
        'ipv6/conf/default/accept_redirects 0',
        'ipv4/conf/all/rp_filter 0',
        'ipv4/conf/default/rp_filter 0',
        'ipv4/ip_forward 0',
        'ipv6/conf/all/forwarding 0',
        'bridge/bridge-nf-call-iptables 0',
        'bridge/bridge-nf-call-ip6tables 0',
        'bridge/bridge-nf-call-arptables 0',
      ].map((line) => `echo ${line.split(' ')[1]} > /proc/sys/net/${line.split(' ')[0]} 2>/dev/null`);
      run(
        `nsenter --net=/run/netns/$P${name} sh -c '${settings.join('; ')}; echo 0 2147483647 > /proc/sys/net/ipv4/ping_group_range'`,
      );
    },
    veth: (a: string, ifA: string, b: string, ifB: string): void => {
      run(`ip -n $P${a} link add ${ifA} type veth peer name ${ifB} netns $P${b}`);
      topology.links.push({ netns: a, ifname: ifA, kind: 'veth' }, { netns: b, ifname: ifB, kind: 'veth' });
    },
    bridge: (netns: string, ifname: string): void => {
      ip(netns, `link add ${ifname} type bridge`);
      topology.links.push({ netns, ifname, kind: 'bridge' });
    },
    macvlan: (parentNetns: string, parent: string, netns: string, ifname: string, mode: string): void => {
      run(`ip -n $P${parentNetns} link add mv${netns} link ${parent} type macvlan mode ${mode}`);
      run(`ip -n $P${parentNetns} link set mv${netns} netns $P${netns} name ${ifname}`);
      topology.links.push({ netns, ifname, kind: 'macvlan' });
    },
    port: (netns: string, ifname: string, bridge: string): void => {
      ip(netns, `link set ${ifname} master ${bridge}`);
      const at = topology.links.findIndex((link) => link.netns === netns && link.ifname === ifname);
      topology.links[at] = { ...topology.links[at]!, master: bridge };
    },
    address: (netns: string, ifname: string, address: string, length: number): void => {
      const family = address.includes(':') ? 6 : 4;
      ip(netns, `addr add ${address}/${length} dev ${ifname}${family === 6 ? ' nodad' : ''}`);
      topology.addresses.push({ netns, ifname, address, length, family });
    },
    up: (netns: string, ifname: string): void => ip(netns, `link set ${ifname} up`),
    note: (text: string): void => {
      topology.notes.push(text);
    },
  };
};

export type Builder = ReturnType<typeof builder>;
