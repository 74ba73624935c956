/** What an item on the screen stands for, so that detail, links, trace and copy know what is meant. */
import type { PortNode } from '../graph/graph.ts';
import type { ContainerId, HostId, LinkId, NetnsId, NetworkId } from '../model/ids.ts';

export type Ref =
  | { readonly kind: 'host'; readonly id: HostId }
  | { readonly kind: 'container'; readonly id: ContainerId }
  | { readonly kind: 'netns'; readonly id: NetnsId }
  | { readonly kind: 'link'; readonly id: LinkId }
  | { readonly kind: 'network'; readonly id: NetworkId }
  | { readonly kind: 'port'; readonly id: string }
  | { readonly kind: 'chain'; readonly netns: NetnsId; readonly id: string }
  | { readonly kind: 'rule'; readonly netns: NetnsId; readonly id: string }
  | { readonly kind: 'route'; readonly netns: NetnsId; readonly id: string }
  | { readonly kind: 'finding'; readonly id: string }
  | { readonly kind: 'fault'; readonly id: string }
  | { readonly kind: 'gap'; readonly id: string }
  | { readonly kind: 'pair'; readonly id: string }
  | { readonly kind: 'change'; readonly id: string }
  | { readonly kind: 'packet'; readonly id: string }
  | { readonly kind: 'flow'; readonly id: string }
  | { readonly kind: 'asked'; readonly id: string }
  | { readonly kind: 'step'; readonly id: string };

/** One string per thing, the same in every graph: selection and history survive updates by it. */
export const refKey = (ref: Ref): string =>
  'netns' in ref ? `${ref.kind} ${ref.netns} ${ref.id}` : `${ref.kind} ${ref.id}`;

export const portKey = (port: PortNode): string =>
  `${port.container} ${port.published.hostIp}:${port.published.hostPort}->${port.published.containerPort}/${port.published.proto}`;
