/** Identities. Each carries its host, so that several hosts fit in one graph. */

declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** The name a host goes by in one session: unique among the hosts shown together, e.g. `prod-7`. */
export type HostId = Branded<'HostId'>;
/** A network namespace: host + device and inode of its nsfs file, e.g. `prod-7|4:4026531833`. */
export type NetnsId = Branded<'NetnsId'>;
/** A link: netns + ifindex, e.g. `prod-7|4:4026531833#2`. */
export type LinkId = Branded<'LinkId'>;
/** A container: host + engine + full id, e.g. `prod-7|docker:<64 hex>`. */
export type ContainerId = Branded<'ContainerId'>;
/** An engine network: host + engine + full id. */
export type NetworkId = Branded<'NetworkId'>;

export const hostId = (name: string): HostId => name as HostId;
export const netnsId = (host: HostId, dev: number, inode: number): NetnsId => `${host}|${dev}:${inode}` as NetnsId;
export const linkId = (netns: NetnsId, ifindex: number): LinkId => `${netns}#${ifindex}` as LinkId;
export const containerId = (host: HostId, engine: string, id: string): ContainerId =>
  `${host}|${engine}:${id}` as ContainerId;
export const networkId = (host: HostId, engine: string, id: string): NetworkId =>
  `${host}|${engine}/${id}` as NetworkId;
