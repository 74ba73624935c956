/** What the demo plays on: a small network as data, and stories that break it in one place. */
import type { Command } from '../model/change.ts';

export interface DemoNetwork {
  readonly name: string;
  readonly bridge: string;
  /** Address of the bridge: the containers' gateway. */
  readonly gateway: string;
  readonly subnet: string;
  readonly icc: boolean;
  /** A driver that is not Docker's own: no bridge is made and nothing is wired, `byHand` does it. */
  readonly driver?: string;
  /** False where somebody else hides the containers behind the host (flannel). */
  readonly masquerade?: boolean;
  /** 1500 unless told. */
  readonly mtu?: number;
}

export interface DemoEndpoint {
  readonly network: string;
  readonly address: string;
  /** Name of the host's end of the veth pair. */
  readonly hostEnd: string;
  /** Name of the container's end. */
  readonly ifname: string;
  readonly mac: string;
}

export interface DemoContainer {
  readonly name: string;
  readonly image: string;
  /** `own`: a netns of its own; `host`; or the name of the container whose netns it shares. */
  readonly netns: 'own' | 'host' | { readonly of: string };
  readonly endpoints: readonly DemoEndpoint[];
  /** What its process is called. */
  readonly process: string;
  /** TCP port it listens on, and where: every address unless told. */
  readonly listens?: { readonly port: number; readonly address?: string };
  readonly published?: { readonly hostPort: number; readonly containerPort: number };
}

export interface DemoWorld {
  readonly networks: readonly DemoNetwork[];
  readonly containers: readonly DemoContainer[];
  /** Rules in DOCKER-USER, in iptables' words after `-A DOCKER-USER`. */
  readonly userRules: readonly string[];
  /** Lines for `ip -batch` in the host's netns, run when all stands. */
  readonly breaks: readonly string[];
  /** A netns `probe` of the operator's own is on the network of this name. */
  readonly probeOn?: string;
  /** What other tools than the engine wire, when the containers run; a container's process is told by name. */
  readonly byHand?: (pidOf: (container: string) => number) => readonly Command[];
}

export interface DemoHost {
  readonly name: string;
  /** Of its eth0, in 10.99.0.0/24. */
  readonly address: string;
  readonly world: DemoWorld;
}

/** What every story tells its reader, built or recorded. */
export interface Told {
  readonly id: string;
  /** One line: what a user would say is wrong. */
  readonly title: string;
  /** The two ends to trace between to find it. */
  readonly ask: { readonly from: string; readonly to: string };
}

export interface Story extends Told {
  /** What only some kernels or systems have. */
  readonly needs: readonly ('iptables' | 'br_netfilter' | 'vxlan' | 'macvlan')[];
  /** One: the demo's own namespaces are that host. Several: each has namespaces of its own, and one wire joins them. */
  readonly hosts: readonly DemoHost[];
}
