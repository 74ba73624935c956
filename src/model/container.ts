/** What an engine (Docker, Podman) says of containers and networks: names and intentions added to kernel facts. */
import type { ContainerId, NetworkId } from './ids.ts';

export interface PublishedPort {
  readonly hostIp: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly proto: 'tcp' | 'udp' | 'sctp';
}

export interface Endpoint {
  readonly network: string;
  /** Full id of the engine's network; '' while the container is not running on some engines. */
  readonly networkId: string;
  readonly endpointId?: string;
  readonly ipv4?: string;
  readonly prefixLength4?: number;
  readonly ipv6?: string;
  readonly prefixLength6?: number;
  readonly gateway4?: string;
  readonly gateway6?: string;
  readonly mac?: string;
  readonly aliases: readonly string[];
  /** Docker 28+: which endpoint gives the default gateway. */
  readonly gwPriority?: number;
}

/** How the container got its netns: of its own through networks, the host's, another container's, an empty one, or a path. */
export type ContainerMode =
  | 'bridge'
  | 'host'
  | 'none'
  | 'container'
  | 'macvlan'
  | 'ipvlan'
  | 'overlay'
  | 'custom'
  | 'path';

export interface Container {
  readonly id: ContainerId;
  readonly engine: EngineKind;
  /** The engine's full id (64 hex). */
  readonly fullId: string;
  readonly name: string;
  readonly image: string;
  /** `created`, `running`, `paused`, `restarting`, `exited`, `dead`, `removing`. */
  readonly state: string;
  /** Pid of the first process, in the host's pid namespace as the engine sees it; 0 when not running. */
  readonly pid: number;
  readonly startedAt?: string;
  /** What the engine said when it could not start it (State.Error); absent when there was no error. */
  readonly error?: string;
  readonly mode: ContainerMode;
  /** HostConfig.NetworkMode as given: `default`, `host`, `none`, `container:<id>`, a network's name. */
  readonly networkMode: string;
  /** mode `container`: full id of the container whose netns this one shares. */
  readonly sharesNetnsOf?: string;
  /** Path of the engine's netns file, e.g. /var/run/docker/netns/3f2a…. */
  readonly sandboxKey?: string;
  readonly endpoints: readonly Endpoint[];
  readonly ports: readonly PublishedPort[];
  /** Ports the image or user exposes without publishing: `80/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly compose?: { readonly project: string; readonly service: string };
  readonly hostname?: string;
  readonly extraHosts?: readonly string[];
  readonly dns?: readonly string[];
  readonly links?: readonly string[];
  readonly privileged?: boolean;
  /** Text of the container's own files, where they could be read. */
  readonly files?: { readonly resolvConf?: string; readonly hosts?: string };
}

export interface EngineNetwork {
  readonly id: NetworkId;
  readonly engine: EngineKind;
  readonly fullId: string;
  readonly name: string;
  /** `bridge`, `host`, `null`, `macvlan`, `ipvlan`, `overlay`, a plugin's name. */
  readonly driver: string;
  readonly scope: string;
  readonly internal: boolean;
  readonly enableIpv4: boolean;
  readonly enableIpv6: boolean;
  readonly ingress: boolean;
  readonly attachable: boolean;
  readonly subnets: readonly { readonly subnet: string; readonly gateway?: string; readonly ipRange?: string }[];
  readonly options: Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>>;
  /** Full ids of the containers the engine says are attached. */
  readonly containers: readonly string[];
}

export type EngineKind = 'docker' | 'podman' | 'containerd' | 'cri-o';

export interface Engine {
  readonly kind: EngineKind;
  /** Socket the API was asked on. */
  readonly socket: string;
  readonly version: string;
  readonly apiVersion: string;
  /** Pid of the daemon where found. */
  readonly pid?: number;
  readonly rootless: boolean;
  /** `iptables`, `nftables`, `iptables+firewalld`, … as the engine names it (28+), else derived from its settings; absent when unknown. */
  readonly firewallBackend?: string;
  readonly userlandProxy?: boolean;
  /** `false`: told to write no packet filter rules (`"iptables": false`); absent when its settings could not be read. */
  readonly iptables?: boolean;
  readonly liveRestore?: boolean;
  readonly swarm?: { readonly active: boolean; readonly nodeId?: string; readonly manager?: boolean };
  readonly addressPools?: readonly { readonly base: string; readonly size: number }[];
  readonly warnings: readonly string[];
  readonly containers: readonly Container[];
  readonly networks: readonly EngineNetwork[];
}

export type { ContainerId, NetworkId };
