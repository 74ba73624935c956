/** Packets that should pass on a healthy host, traced: out of every bridge network, between neighbours, from the host, to published ports. */
import type { ContainerNode, NetnsNode } from '../graph/graph.ts';
import { outsideAddress } from '../trace/endpoints/choose-address.ts';
import type { Trace } from '../trace/trace.ts';
import { tracePacket } from '../trace/trace-packet.ts';
import type { FlowKind } from './finding.ts';
import type { Attachment, BridgeNetwork, EngineView, HostView } from './host-view.ts';
import { optionOf } from './host-view.ts';
import { createLikeness, type Likeness } from './likeness.ts';

export interface Flow {
  readonly kind: FlowKind;
  /** Who is cut off when it fails: where it goes, else where it comes from. */
  readonly container: ContainerNode;
  /** A neighbour that sends it. */
  readonly sender?: ContainerNode;
  /** `web → outside`, as a person says it. */
  readonly text: string;
  readonly trace: Trace;
}

export interface Wanted extends Omit<Flow, 'trace'> {
  readonly from: string;
  readonly to: string;
  /** Flows of one key differ only in what the kernel does not decide by. */
  readonly key: string;
}

export interface Flows {
  /** Those that were traced, and those that fail like one that was. */
  readonly flows: readonly Flow[];
  /** How many were neither traced nor are like one that was. */
  readonly unasked: number;
}

/** So many of one key are traced: the second tells whether they are alike indeed. */
const perKey = 2;
/** More than that would cost a noticeable wait; of every kind of flow the first come first. */
const flowLimit = 240;
/** Of those like one that failed so many are traced as well, for the repair must suit each of them. */
const failedLimit = 60;

const endOf = (container: ContainerNode) => `container:${container.facts.fullId}`;

type Family = 4 | 6;
const addressOf = ({ endpoint }: Attachment, family: Family): string | undefined =>
  (family === 4 ? endpoint.ipv4 : endpoint.ipv6) || undefined;

const destination = (address: string, port: number | undefined): string => {
  if (port === undefined) return address;
  return address.includes(':') ? `[${address}]:${port}/tcp` : `${address}:${port}/tcp`;
};

/** A TCP port somebody listens on where neighbours arrive; ping asks nobody. */
function servedPort(view: HostView, { container }: Attachment, address: string): number | undefined {
  const sockets = view.netnsOf(container.netns)?.facts.sockets ?? [];
  return sockets.find(
    ({ proto, local, v6only }) =>
      proto === 'tcp' &&
      (local === address ||
        (address.includes(':') ? local === '::' : local === '0.0.0.0' || (local === '::' && v6only !== true))),
  )?.port;
}

/** Somebody with the address the engine gave it; what is wrong with one that has another is another check's. */
const isWhole = (attachment: Attachment, family: Family) => {
  const address = addressOf(attachment, family);
  const { container, inside } = attachment;
  return (
    container.netns !== undefined &&
    address !== undefined &&
    container.facts.state === 'running' &&
    (family === 4 || inside?.addresses.some(({ local }) => local === address) === true)
  );
};

const inFamily = (family: Family, text: string) => (family === 4 ? text : `${text} over IPv6`);

/** Where a host itself has no way out over IPv6 its containers need none. */
const hasWayOut = (home: NetnsNode | undefined): boolean =>
  (home?.facts.routes6 ?? []).some(({ dst, type }) => dst === 'default' && type === 'unicast');

/** A host without IPv6, or whose IPv6 policy rules nobody recorded, is not asked about it. */
const familiesOf = (home: NetnsNode | undefined): readonly Family[] =>
  (home?.facts.policyRules ?? []).some(({ family }) => family === 'inet6') ? [4, 6] : [4];

function outward(view: HostView, like: Likeness, each: BridgeNetwork, family: Family): readonly Wanted[] {
  if (
    each.network.facts.internal ||
    optionOf(each.network, 'com.docker.network.bridge.enable_ip_masquerade') === 'false' ||
    (family === 6 && !hasWayOut(view.home))
  )
    return [];
  return each.attachments
    .filter((one) => isWhole(one, family))
    .map((attachment) => ({
      kind: 'out',
      container: attachment.container,
      text: inFamily(family, `${attachment.container.facts.name} → outside`),
      from: endOf(attachment.container),
      to: family === 4 ? 'outside:443/tcp' : `[${outsideAddress[6]}]:443/tcp`,
      key: `out ${family} ${like.kindOf(attachment)}`,
    }));
}

function neighbours(view: HostView, like: Likeness, each: BridgeNetwork, family: Family): readonly Wanted[] {
  if (optionOf(each.network, 'com.docker.network.bridge.enable_icc') === 'false') return [];
  const whole = each.attachments.filter((one) => isWhole(one, family));
  return whole.flatMap((attachment, index) => {
    const other = whole[(index + 1) % whole.length];
    if (other === undefined || other.container.netns === attachment.container.netns) return [];
    const address = addressOf(other, family)!;
    const port = servedPort(view, other, address);
    return {
      kind: 'neighbour' as const,
      container: other.container,
      sender: attachment.container,
      text: inFamily(family, `${attachment.container.facts.name} → ${other.container.facts.name}`),
      from: endOf(attachment.container),
      to: destination(address, port),
      key: `neighbour ${family} ${port} ${like.kindOf(attachment)} ${like.kindOf(other)}`,
    };
  });
}

/** `host` alone would leave open whose, where several hosts are shown. */
const ownEnd = (view: HostView): string => (view.graph.hosts.size > 1 ? `host:${view.id}` : 'host');

function fromHost(view: HostView, like: Likeness, each: BridgeNetwork, family: Family): readonly Wanted[] {
  return each.attachments
    .filter((one) => isWhole(one, family))
    .map((attachment) => {
      const address = addressOf(attachment, family)!;
      const port = servedPort(view, attachment, address);
      return {
        kind: 'host' as const,
        container: attachment.container,
        text: inFamily(family, `this host → ${attachment.container.facts.name}`),
        from: ownEnd(view),
        to: destination(address, port),
        key: `host ${family} ${port} ${like.kindOf(attachment)}`,
      };
    });
}

/** Where somebody outside calls a published port; undefined: nobody outside can, or it is the proxy's affair. */
function calledAt(view: HostView, container: ContainerNode, hostIp: string): string | undefined {
  if (hostIp.startsWith('127.') || hostIp === '::1') return undefined;
  if (hostIp === '' || hostIp === '0.0.0.0') return ownEnd(view);
  if (!hostIp.includes(':')) return hostIp;
  const hasSix = container.facts.endpoints.some(({ ipv6 }) => (ipv6 ?? '') !== '');
  if (!hasSix || !hasWayOut(view.home)) return undefined;
  return hostIp === '::' ? globalAddress(view) : hostIp;
}

/** An IPv6 address of the host's own that the outside can call. */
const globalAddress = ({ graph, home }: HostView): string | undefined =>
  (home?.links ?? [])
    .flatMap((id) => graph.links.get(id) ?? [])
    .filter(({ kind }) => kind !== 'bridge' && kind !== 'loopback')
    .flatMap(({ addresses }) => addresses)
    .find(({ family, scope }) => family === 'inet6' && scope === 'global')?.local;

function published(view: HostView, like: Likeness, { bridges, ports }: EngineView): readonly Wanted[] {
  const places = new Map<ContainerNode, Attachment[]>();
  for (const attachment of bridges.flatMap((each) => each.attachments))
    places.set(attachment.container, [...(places.get(attachment.container) ?? []), attachment]);
  return ports.flatMap((port) => {
    const container = view.graph.containers.get(port.container);
    if (container?.netns === undefined || container.facts.state !== 'running') return [];
    const { hostIp, hostPort, containerPort, proto } = port.published;
    const at = calledAt(view, container, hostIp);
    if (at === undefined || hostPort === 0) return [];
    const six = at.includes(':');
    const kinds = (places.get(container) ?? []).map((attachment) => like.kindOf(attachment)).join();
    return {
      kind: 'published' as const,
      container,
      text: inFamily(six ? 6 : 4, `outside → port ${hostPort}/${proto} of ${container.facts.name}`),
      from: six ? outsideAddress[6] : 'outside',
      to: six ? `[${at}]:${hostPort}/${proto}` : `${at}:${hostPort}/${proto}`,
      key: `published ${hostIp} ${containerPort}/${proto} ${like.portKind(hostPort)} ${kinds || container.id}`,
    };
  });
}

export function wantedFlows(view: HostView): readonly Wanted[] {
  const engines = view.engines.filter(
    ({ engine, netns }) => !engine.rootless && netns !== undefined && netns.id === view.home?.id,
  );
  if (view.home === undefined || engines.length === 0) return [];
  const like = createLikeness(view, view.home);
  return engines.flatMap((engine) => [
    ...engine.bridges.flatMap((each) =>
      familiesOf(view.home).flatMap((family) => [
        ...outward(view, like, each, family),
        ...neighbours(view, like, each, family),
        ...fromHost(view, like, each, family),
      ]),
    ),
    ...published(view, like, engine),
  ]);
}

/** Pauses after each trace, for a caller that must not keep others waiting. */
function* askFlows(view: HostView): Generator<void, Flows> {
  const ask = ({ from, to, key: _, ...wanted }: Wanted): Flow | undefined => {
    const trace = tracePacket(view.graph, { from, to });
    return 'error' in trace ? undefined : { ...wanted, trace };
  };
  const kinds = new Map<string, Wanted[]>();
  for (const wanted of wantedFlows(view)) {
    const list = kinds.get(wanted.key);
    if (list === undefined) kinds.set(wanted.key, [wanted]);
    else list.push(wanted);
  }
  yield;
  const flows: Flow[] = [];
  const asked = new Map<string, readonly (Flow | undefined)[]>();
  let left = flowLimit;
  for (let round = 0; round < perKey; round++) {
    for (const [key, list] of kinds) {
      const wanted = list[round === 0 ? 0 : list.length - 1];
      if (wanted === undefined || (round > 0 && list.length < 2) || left === 0) continue;
      left--;
      asked.set(key, [...(asked.get(key) ?? []), ask(wanted)]);
      yield;
    }
  }
  let unasked = 0;
  for (const [key, list] of kinds) {
    const known = asked.get(key) ?? [];
    flows.push(...known.filter((flow) => flow !== undefined));
    if (known.length === 0) unasked += list.length;
    const failed = known.find((flow) => flow !== undefined && fails(view, flow));
    if (failed === undefined) continue;
    for (const [n, wanted] of list.slice(1, known.length > 1 ? -1 : undefined).entries()) {
      const { from: _from, to: _to, key: _key, ...rest } = wanted;
      const flow = n < failedLimit ? ask(wanted) : { ...rest, trace: failed.trace };
      if (flow !== undefined) flows.push(flow);
      yield;
    }
  }
  return { flows, unasked };
}

const failed = new Set(['dropped', 'rejected', 'no-route', 'no-neighbour', 'loop']);

/**
 * Nobody listening in a container is its own affair; an answer that nobody waits for, and a published port that ends on the host itself, are led
 * astray by somebody's rules.
 */
function isAstray(view: HostView, { kind, trace }: Flow): boolean {
  if (trace.outcome !== 'no-listener') return false;
  if (trace.request.outcome === 'delivered') return true;
  return kind === 'published' && view.netnsOf(trace.request.hops.at(-1)?.netns)?.facts.isHost === true;
}

const fails = (view: HostView, flow: Flow): boolean => failed.has(flow.trace.outcome) || isAstray(view, flow);

const known = new WeakMap<HostView, Flows>();

/** Asks in pieces; `traceFlows` finds the answers then. */
export function* prepareFlows(view: HostView): Generator<void> {
  if (!known.has(view)) known.set(view, yield* askFlows(view));
}

export function traceFlows(view: HostView): Flows {
  const pieces = prepareFlows(view);
  while (pieces.next().done !== true);
  return known.get(view) ?? { flows: [], unasked: 0 };
}

/** Those that certainly do not arrive. */
export const failedFlows = (view: HostView): readonly Flow[] =>
  traceFlows(view).flows.filter((flow) => fails(view, flow));
