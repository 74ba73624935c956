/** The read-only questions as tools of the Model Context Protocol: each answers with the text and the document of its command. */
import { doctorDocument } from '../../report/doctor/doctor-document.ts';
import { formatDoctor } from '../../report/doctor/format-doctor.ts';
import { formatLocate } from '../../report/format-locate.ts';
import type { TextStyle } from '../../report/format-table.ts';
import { formatTree } from '../../report/graph/format-tree.ts';
import { graphDocument } from '../../report/graph/graph-document.ts';
import { listDocument, lists } from '../../report/list/report-list.ts';
import { locateDocument } from '../../report/report-locate.ts';
import { formatRules } from '../../report/rules/format-rules.ts';
import { listChains, rulesDocument } from '../../report/rules/report-rules.ts';
import { findRulesSubject } from '../../report/rules/rules-subject.ts';
import { formatTrace } from '../../report/trace/format-trace.ts';
import { traceDocument } from '../../report/trace/trace-document.ts';
import { formatMatrix, listCells, matrixDocument } from '../../report/trace/trace-matrix.ts';
import type { Graph, Session } from '../../session.ts';

/** `error`: the question could not be answered, in words for whoever asked. */
export type ToolAnswer = { readonly text: string; readonly document: object } | { readonly error: string };

type Values = Readonly<Record<string, string | undefined>>;

export interface Tool {
  readonly name: string;
  readonly description: string;
  /** Name → what it is; all are texts. */
  readonly takes: Readonly<Record<string, { readonly about: string; readonly choices?: readonly string[] }>>;
  readonly needs: readonly string[];
  readonly answer: (values: Values, graph: Graph, session: Session) => ToolAnswer | Promise<ToolAnswer>;
}

const style: TextStyle = { color: false, ascii: false };

const endpoint =
  'a container (name, id prefix, compose service), container:NAME, netns:NAME or netns:INODE, pid:N, host, outside, or an address';

const kinds = Object.keys(lists) as (keyof typeof lists)[];

const list: Tool = {
  name: 'list',
  description:
    'Everything of one kind on this container host, in every network namespace: containers, netns, links, bridges, networks, ports, routes, rules. Each link with its bridge and, for a veth, the other end.',
  takes: { kind: { about: 'what to list; containers unless told', choices: kinds } },
  needs: [],
  answer: ({ kind = 'containers' }, graph) => ({
    text: lists[kind as keyof typeof lists].text(graph, style),
    document: listDocument(graph, kind as keyof typeof lists),
  }),
};

const locate: Tool = {
  name: 'locate',
  description:
    'Who is this? From a container name or id, veth or link name, ifindex, NETNS:IFINDEX, MAC, IP address, published port, pid or netns inode: the container, its netns, the link inside and its other end on the host, and the bridge.',
  takes: { word: { about: 'what to look for; several words, separated by blanks, narrow down' } },
  needs: ['word'],
  answer: ({ word = '' }, graph, session) => {
    const words = word.split(/\s+/).filter((one) => one !== '');
    const found = session.locate(words);
    if (found.length === 0) return { error: `${word}: nothing here goes by that name` };
    const document = locateDocument(graph, words, found);
    return { text: formatLocate(document.matches, style), document };
  },
};

const trace: Tool = {
  name: 'trace',
  description:
    'The path of one packet and of its answer, as the kernel would decide it: routing, every firewall rule, NAT, bridges, neighbours, the listener. Says whether it is delivered and which step decides. Nothing is sent.',
  takes: {
    from: { about: `where the packet comes from: ${endpoint}` },
    to: {
      about:
        'where it goes: ENDPOINT[:PORT][/tcp|udp|icmp|sctp]; with a port TCP unless told, without one an ICMP echo',
    },
    without: { about: 'what if this rule were not there: TABLE/CHAIN:INDEX' },
  },
  needs: ['from', 'to'],
  answer: ({ from = '', to = '', without }, graph, session) => {
    const answer = session.trace({ from, to, ...(without === undefined ? {} : { without: [without] }) });
    return 'error' in answer ? answer : { text: formatTrace(answer, style), document: traceDocument(graph, answer) };
  },
};

const doctor: Tool = {
  name: 'doctor',
  description:
    'What is wrong with the networking of this host, root causes first, with evidence and the exact commands that would mend it (they are not run). With both ends: why that connection fails.',
  takes: {
    from: { about: `one end of a connection that fails: ${endpoint}` },
    to: { about: 'the other end, ENDPOINT[:PORT]' },
  },
  needs: [],
  answer: async ({ from, to }, graph, session) => {
    if ((from === undefined) !== (to === undefined))
      return { error: 'a connection has two ends: give from and to, or neither' };
    if (from === undefined || to === undefined) {
      const found = await session.findings();
      return { text: formatDoctor(graph, found, style), document: doctorDocument(graph, found) };
    }
    const found = await session.connectionFindings({ from, to });
    if ('error' in found) return found;
    const sentence = found.trace === undefined ? '' : `${found.trace.explanation}\n\n`;
    return { text: sentence + formatDoctor(graph, found, style), document: doctorDocument(graph, found, found.trace) };
  },
};

const rules: Tool = {
  name: 'rules',
  description:
    'The firewall in the order it is evaluated (nftables, iptables-nft, iptables-legacy), each chain with who made it and what for. With an endpoint: only the rules that can touch it.',
  takes: { endpoint: { about: endpoint } },
  needs: [],
  answer: ({ endpoint: word }, graph, session) => {
    const subject = word === undefined ? undefined : findRulesSubject(graph, word, session.locate([word]));
    if (word !== undefined && subject === undefined) return { error: `${word}: nothing here goes by that name` };
    const chains = listChains(graph, subject);
    return { text: formatRules(chains, style), document: rulesDocument(graph, word, chains) };
  },
};

const matrix: Tool = {
  name: 'matrix',
  description: 'Who reaches whom: every pair of containers and the host, and what stops those that do not.',
  takes: { port: { about: 'a port instead of an ICMP echo: 80, or 53/udp' } },
  needs: [],
  answer: ({ port }, graph, session) => {
    if (port !== undefined && !/^\d{1,5}(\/(tcp|udp|sctp))?$/.test(port))
      return { error: `${port}: is no port (80 or 53/udp)` };
    const cells = listCells(graph, port, (question) => session.trace(question));
    return { text: formatMatrix(graph, cells, style), document: matrixDocument(graph, port, cells) };
  },
};

const graphTool: Tool = {
  name: 'graph',
  description: 'The wiring of the host as a tree: links, bridges, veth pairs, the containers behind them.',
  takes: {},
  needs: [],
  answer: (_values, graph) => ({ text: formatTree(graph, style), document: graphDocument(graph) }),
};

export const tools: readonly Tool[] = [list, locate, trace, doctor, rules, matrix, graphTool];
