/** What the demo plays on: a small network as data, and stories that break it in one place. */

export interface DemoNetwork {
  readonly name: string;
  readonly bridge: string;
  /** Address of the bridge: the containers' gateway. */
  readonly gateway: string;
  readonly subnet: string;
  readonly icc: boolean;
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
}

export interface Story {
  readonly id: string;
  /** One line: what a user would say is wrong. */
  readonly title: string;
  /** The two ends to trace between to find it. */
  readonly ask: { readonly from: string; readonly to: string };
  /** What only some kernels or systems have. */
  readonly needs: readonly ('iptables' | 'br_netfilter')[];
  readonly world: DemoWorld;
}
