/** Picking the ends of a trace, asking it, and asking what if. */
import type { Graph } from '../../graph/graph.ts';
import type { Endpoint } from '../../trace/endpoints/resolve-endpoint.ts';
import type { Step } from '../../trace/trace.ts';
import { indexOf } from '../graph-index.ts';
import type { Ref } from '../ref.ts';
import { selectedPair } from './matrix.ts';
import { openView } from './navigate.ts';
import { say } from './next.ts';
import { selectedItem } from './select-items.ts';
import { type Services, startPlace, type TraceState, type UiState } from './ui-state.ts';

const netnsEnd = (graph: Graph, id: Extract<Ref, { kind: 'netns' }>['id']): string | undefined => {
  const netns = graph.netns.get(id);
  if (netns === undefined) return undefined;
  if (netns.facts.isHost) return graph.hosts.size > 1 ? `host:${netns.host}` : 'host';
  const container = netns.containers[0];
  if (container !== undefined) return graph.containers.get(container)?.facts.name;
  return netns.facts.inode === 0 ? undefined : `netns:${netns.facts.inode}`;
};

/** The end a thing stands for; a host-side veth stands for the container behind it. */
export const endpointOf = (graph: Graph, ref: Ref | undefined): string | undefined => {
  switch (ref?.kind) {
    case 'container': {
      const container = graph.containers.get(ref.id);
      return container?.netns === undefined ? undefined : container.facts.name;
    }
    case 'netns':
      return netnsEnd(graph, ref.id);
    case 'link': {
      const link = graph.links.get(ref.id);
      if (link === undefined) return undefined;
      const peer = link.peer?.certainty === 'exact' ? graph.links.get(link.peer.to) : undefined;
      const here = graph.netns.get(link.netns)?.facts.isHost === true && peer !== undefined ? peer : link;
      return netnsEnd(graph, here.netns);
    }
    case 'port':
      return graph.containers.get(indexOf(graph).ports.get(ref.id)?.container ?? ('' as never))?.facts.name;
    default:
      return undefined;
  }
};

/** Asks again: after the ends, the what-ifs or the graph changed. */
export const askTrace = (state: UiState, services: Services): UiState => {
  const { from, to, without, withSysctl } = state.trace;
  if (from === undefined || to === undefined || state.session.graph === undefined) return state;
  const answer = services.trace({
    from,
    to,
    ...(without.length > 0 ? { without } : {}),
    ...(Object.keys(withSysctl).length > 0 ? { withSysctl } : {}),
  });
  const before = state.trace.answer;
  const same =
    before !== undefined && !('error' in before) && !('error' in answer) && before.outcome === answer.outcome;
  const proving = state.trace.live !== undefined && 'progress' in state.trace.live;
  return { ...state, trace: { ...(same || proving ? state.trace : withoutProof(state.trace)), answer } };
};

/** A proof is about the question it was made for, as things were then. */
const withoutProof = ({ live: _live, ...trace }: TraceState): TraceState => trace;

const clean = (trace: TraceState): TraceState => {
  const { answer: _answer, ...rest } = withoutProof(trace);
  return { ...rest, without: [], withSysctl: {} };
};

export const chooseFrom = (state: UiState, from: string): UiState => ({
  ...state,
  trace: { ...clean(state.trace), from },
  prompt: { kind: 'palette', purpose: 'to', text: '', index: 0 },
});

/** Both ends stand: shows the path, the cursor on the step that decides. */
export const showTrace = (state: UiState, services: Services): UiState => {
  const asked = askTrace({ ...state, trace: withoutProof(state.trace) }, services);
  const opened = openView(asked, 'trace');
  return { ...opened, place: startPlace('trace') };
};

export const chooseTo = (state: UiState, to: string, services: Services): UiState =>
  showTrace({ ...state, trace: { ...clean(state.trace), to } }, services);

/** A name others share would be refused as ambiguous: the id then. */
const wordOf = (graph: Graph, end: Endpoint): string | undefined => {
  const container = end.container === undefined ? undefined : graph.containers.get(end.container);
  if (container === undefined) return end.netns === undefined ? undefined : netnsEnd(graph, end.netns);
  const { name, fullId } = container.facts;
  const named = [...graph.containers.values()].filter((one) => one.facts.name === name);
  return named.length > 1 ? fullId : name;
};

/** The trace of the cell under the matrix' cursor. */
export const tracePair = (state: UiState, services: Services): UiState => {
  const pair = selectedPair(state);
  const graph = state.session.graph;
  if (pair === undefined || graph === undefined) return state;
  if (pair.from === pair.to) return say(state, 'nothing is traced from a netns to itself', 'dim');
  const from = wordOf(graph, pair.from);
  const to = wordOf(graph, pair.to);
  if (from === undefined || to === undefined) return say(state, 'this end is gone', 'warn');
  return showTrace({ ...state, trace: { ...clean(state.trace), from, to } }, services);
};

export const swapEnds = (state: UiState, services: Services): UiState => {
  const { from, to } = state.trace;
  if (from === undefined || to === undefined) return state;
  // The port belongs to the listener: an answer's way is asked without it.
  const bare = to.replace(/(:\d+)?(\/(tcp|udp|sctp|icmp))?$/, '');
  return showTrace({ ...state, trace: { ...clean(state.trace), from: bare, to: from } }, services);
};

const selectedStep = (state: UiState): Step | undefined => {
  const ref = selectedItem(state)?.ref;
  const answer = state.trace.answer;
  if (ref?.kind !== 'step' || answer === undefined || 'error' in answer) return undefined;
  const [way, place = ''] = ref.id.split(' ');
  const [hop, step] = place.split('.').map(Number);
  return (way === 'reply' ? answer.reply : answer.request)?.hops[hop ?? -1]?.steps[step ?? -1];
};

export const whatIfReason = (state: UiState): true | string => {
  const step = selectedStep(state);
  if (step === undefined) return 'choose a step first';
  if (step.evidence.rule === undefined && step.evidence.sysctl === undefined)
    return 'this step rests on no rule and no sysctl';
  return step.evidence.rule?.index === 0 ? 'a policy is no rule: it cannot be left out' : true;
};

/** Leaves the selected rule out, or turns the selected switch, and asks again. */
export const askWhatIf = (state: UiState, services: Services): UiState => {
  const step = selectedStep(state);
  const { rule, sysctl } = step?.evidence ?? {};
  if (rule !== undefined) {
    const name = `${rule.table}/${rule.chain}/${rule.index}`;
    return showTrace({ ...state, trace: { ...state.trace, without: [...state.trace.without, name] } }, services);
  }
  if (sysctl === undefined) return state;
  const value = sysctl.value === '0' ? '1' : '0';
  return showTrace(
    { ...state, trace: { ...state.trace, withSysctl: { ...state.trace.withSysctl, [sysctl.name]: value } } },
    services,
  );
};

export const dropWhatIfs = (state: UiState, services: Services): UiState =>
  say(showTrace({ ...state, trace: { ...state.trace, without: [], withSysctl: {} } }, services), 'as it is now');
