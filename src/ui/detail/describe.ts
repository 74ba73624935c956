/** The detail of whatever is under the cursor. */
import { line, span } from '../format/line.ts';
import { findFinding } from '../problems.ts';
import type { Ref } from '../ref.ts';
import { changeDetail } from './change-detail.ts';
import { containerDetail } from './container-detail.ts';
import { type Detail, type DetailContext, row, rowTo } from './detail.ts';
import { findingDetail } from './finding-detail.ts';
import { linkDetail } from './link-detail.ts';
import { netnsDetail } from './netns-detail.ts';
import { networkDetail, portDetail } from './network-detail.ts';
import { askedDetail, faultDetail, gapDetail, hostDetail, stepDetail } from './other-detail.ts';
import { flowDetail, packetDetail } from './packet-detail.ts';
import { pairDetail } from './pair-detail.ts';
import { ruleDetail } from './rule-detail.ts';

const routeDetail = (ref: Extract<Ref, { kind: 'route' }>, { index }: DetailContext): Detail => {
  const text = ref.id.slice(ref.id.indexOf(' ') + 1);
  const netns = index.graph.netns.get(ref.netns);
  return {
    title: line(span(text, 'strong')),
    rows: [
      rowTo({ kind: 'netns', id: ref.netns }, 'netns', netns?.name ?? '?'),
      rowTo(
        { kind: 'view', view: 'routes', root: { kind: 'netns', id: ref.netns } },
        'routes',
        'all of this netns, local ones too',
      ),
      row('', ''),
    ],
  };
};

/** undefined: the thing is gone. */
export const describe = (ref: Ref, context: DetailContext): Detail | undefined => {
  const { graph } = context.index;
  switch (ref.kind) {
    case 'host':
      return hostDetail(ref, context);
    case 'container': {
      const container = graph.containers.get(ref.id);
      return container && containerDetail(container, context);
    }
    case 'netns': {
      const netns = graph.netns.get(ref.id);
      return netns && netnsDetail(netns, context);
    }
    case 'link': {
      const link = graph.links.get(ref.id);
      return link && linkDetail(link, context);
    }
    case 'network': {
      const network = graph.networks.get(ref.id);
      return network && networkDetail(network, context);
    }
    case 'port': {
      const port = context.index.ports.get(ref.id);
      return port && portDetail(port, context);
    }
    case 'chain':
    case 'rule':
      return ruleDetail(ref.netns, ref.id, context);
    case 'route':
      return routeDetail(ref, context);
    case 'finding': {
      const finding = findFinding(context.state, ref.id);
      return finding && findingDetail(finding, context);
    }
    case 'fault':
      return faultDetail(ref.id, context);
    case 'gap':
      return gapDetail(ref.id, context);
    case 'pair':
      return pairDetail(context);
    case 'change': {
      const change = context.state.journal?.changes.find((one) => one.id === ref.id);
      return change && changeDetail(change, context);
    }
    case 'packet':
      return packetDetail(ref.id, context);
    case 'flow':
      return flowDetail(ref.id, context);
    case 'asked':
      return askedDetail(ref.id, context);
    case 'step':
      return stepDetail(ref.id, context);
  }
};
