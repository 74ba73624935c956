/** Open vSwitch as its database tells it: bridges, ports with their VLANs, tunnels. Names as in ovs-vswitchd.conf.db(5). */

export interface OvsInterface {
  readonly name: string;
  /** `system` (a link of the host), `internal`, `patch`, or a kind of tunnel: `vxlan`, `gre`, `geneve`, `stt`, `lisp`. */
  readonly type: string;
  /** Its link in the netns of ovs-vswitchd; absent for tunnels of the switch's own and while it is not there. */
  readonly ifindex?: number;
  /** Of a tunnel: `remote_ip`, `local_ip`, `key`, `dst_port`; of a patch: `peer`. `flow` as a value: given by the flow table. */
  readonly options: Readonly<Record<string, string>>;
  readonly externalIds: Readonly<Record<string, string>>;
  /** What hinders it: `could not open network device veth0 (No such device)`. */
  readonly error?: string;
}

export interface OvsPort {
  readonly name: string;
  /** VLAN of an access port; of `native-tagged` and `native-untagged` the native one. */
  readonly tag?: number;
  /** VLANs a trunk lets through; []: all. */
  readonly trunks: readonly number[];
  /** `access`, `trunk`, `native-tagged`, `native-untagged`, `dot1q-tunnel`: as set, or as the switch takes it when it is not set. */
  readonly vlanMode: string;
  /** Isolated from other protected ports. */
  readonly protected: boolean;
  /** One, or the members of a bond. */
  readonly interfaces: readonly OvsInterface[];
}

export interface OvsBridge {
  readonly name: string;
  /** `system`: the kernel's datapath; `netdev`: in user space. */
  readonly datapath: string;
  /** Somebody else fills its flow tables. */
  readonly controlled: boolean;
  /** `secure`: without a controller nothing is forwarded that no flow names. */
  readonly failMode?: string;
  readonly stp: boolean;
  readonly ports: readonly OvsPort[];
  /** What its flow tables hold, as `ovs-ofctl dump-flows` prints it, without counters; absent: not read. */
  readonly flows?: readonly string[];
}

export interface OpenVswitch {
  readonly bridges: readonly OvsBridge[];
}
