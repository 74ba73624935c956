/** The `:` commands: every view by name, and what has no key or needs words. */

import { parsePlumbingLine, plumbingForms } from '../../session/parse-plumbing.ts';
import { refOfLocated } from '../palette/results.ts';
import { openFix } from '../state/mend-state.ts';
import { goToRef, openView } from '../state/navigate.ts';
import { next, say } from '../state/next.ts';
import { askPackets } from '../state/packets-state.ts';
import { showTrace } from '../state/trace-actions.ts';
import type { Next, Services, UiState } from '../state/ui-state.ts';
import { askWatch } from '../state/watch-actions.ts';
import { allViews, views } from '../views/views.ts';
import { completePlumb, plumbUsage } from './complete-plumb.ts';

export interface UiCommand {
  readonly names: readonly string[];
  /** What follows it, for help. */
  readonly argument?: string;
  readonly help: string;
  readonly run: (state: UiState, argument: string, services: Services) => Next;
}

const viewCommands: readonly UiCommand[] = allViews.map((view) => ({
  names: view.aliases,
  argument: '[FILTER]',
  help: view.about,
  run: (state, argument) => {
    const opened = openView(state, view.id);
    const filter = argument.replace(/^\//, '');
    return next(filter === '' ? opened : { ...opened, place: { ...opened.place, filter } });
  },
}));

const locate = (state: UiState, argument: string, services: Services): Next => {
  const found = services.locate(argument.split(/\s+/));
  const refs = found.flatMap((located) => refOfLocated(located) ?? []);
  if (refs.length === 1) return next(goToRef(state, refs[0]!));
  if (refs.length === 0) return next(say(state, `nothing here is called ${argument}`, 'warn'));
  return next(
    { ...state, prompt: { kind: 'palette', purpose: 'jump', text: argument, index: 0 } },
    { kind: 'load-rank' },
  );
};

const trace = (state: UiState, argument: string, services: Services): Next => {
  const [from, to, ...rest] = argument.split(/\s+/).filter((word) => word !== '' && word !== 'to' && word !== '->');
  if (from === undefined || to === undefined || rest.length > 0)
    return next(say(state, 'trace wants two ends: trace FROM TO[:PORT][/proto]', 'warn'));
  return next(showTrace({ ...state, trace: { from, to, without: [], withSysctl: {} } }, services));
};

const watch = (state: UiState, argument: string): Next => {
  const [from, to, ...rest] = argument.split(/\s+/).filter((word) => word !== '' && word !== 'to' && word !== '->');
  if (rest.length > 0 || (from !== undefined && to === undefined))
    return next(say(state, 'watch wants two ends, or none: watch FROM TO[:PORT][/proto]', 'warn'));
  return askWatch(state, from === undefined || to === undefined ? {} : { flow: { from, to } });
};

/** Words of points, or one file; `-w FILE` writes what is captured down as well, `--path FROM TO` looks at every point of a path. */
const capture = (state: UiState, argument: string): Next => {
  const words = argument.split(/\s+/).filter((word) => word !== '');
  const [only] = words;
  if (only === undefined)
    return next(say(state, 'capture wants points: capture web db/eth0, --path FROM TO, or a FILE.pcap', 'warn'));
  if (words.length === 1 && /\.(?:pcap|pcapng|cap|ntar)$/i.test(only)) return askPackets(state, { read: only });
  const at = (name: string, count: number): readonly string[] => {
    const found = words.indexOf(name);
    return found < 0 ? [] : words.splice(found, count + 1).slice(1);
  };
  const [file] = at('-w', 1);
  const [from, to] = at('--path', 2);
  const unknown = words.find((word) => word.startsWith('-'));
  if (unknown !== undefined) return next(say(state, `capture does not know ${unknown}`, 'warn'));
  return askPackets(state, {
    points: words,
    ...(file === undefined ? {} : { file }),
    ...(from === undefined || to === undefined ? {} : { path: { from, to } }),
  });
};

const sort = (state: UiState, argument: string): Next => {
  const columns = views[state.place.view].columns;
  const column = columns.find(
    (candidate) =>
      candidate.id.startsWith(argument) || candidate.title.toLowerCase().startsWith(argument.toLowerCase()),
  );
  if (column === undefined)
    return next(say(state, `sort by one of: ${columns.map((candidate) => candidate.id).join(' ')}`, 'warn'));
  return next({ ...state, place: { ...state.place, sort: { column: column.id, descending: false } } });
};

const record = (state: UiState, argument: string): Next => {
  if (argument === '') return next(say(state, 'record wants a folder or a file.tar.gz', 'warn'));
  return next(say(state, `recording to ${argument} …`), { kind: 'record', path: argument });
};

/** Shows what it would run; nothing is run before that was confirmed. */
const plumb = (state: UiState, argument: string): Next => {
  const question = parsePlumbingLine(argument);
  return 'error' in question
    ? next(say(state, question.error, 'warn'))
    : openFix(state, { finding: 'plumb', plumbing: question });
};

export const commands: readonly UiCommand[] = [
  ...viewCommands.filter((command) => !command.names.includes('trace') && !command.names.includes('watch')),
  {
    names: ['trace', 'tr', 'path'],
    argument: 'FROM TO[:PORT][/proto]',
    help: 'the path of one packet and of its reply',
    run: trace,
  },
  {
    names: ['watch', 'drops', 'kernel'],
    argument: '[FROM TO[:PORT][/proto]]',
    help: "the kernel's own account of a flow, or of everything it drops",
    run: watch,
  },
  {
    names: ['capture', 'cap'],
    argument: 'POINT… [-w FILE] | --path FROM TO | FILE.pcap',
    help: 'packets at one or several points at once, or those of a file',
    run: capture,
  },
  {
    names: ['locate', 'find', 'who'],
    argument: 'WORD',
    help: 'whose name, address, MAC, veth, ifindex, pid or port is this',
    run: locate,
  },
  {
    names: ['plumb', 'wire'],
    argument: 'ACTION WORD…',
    help: `wire something: ${Object.keys(plumbingForms).join(', ')}; shows the commands and asks first`,
    run: plumb,
  },
  { names: ['sort'], argument: 'COLUMN', help: 'sort this table', run: sort },
  { names: ['record'], argument: 'DIR|FILE.tar.gz', help: 'write down everything asked and answered', run: record },
  {
    names: ['refresh'],
    help: 'ask the host again',
    run: (state) => next(say(state, 'asking again …'), { kind: 'refresh' }),
  },
  { names: ['help'], help: 'keys of this view', run: (state) => next({ ...state, help: true, helpTop: 0 }) },
  { names: ['quit', 'q', 'q!', 'exit'], help: 'leave', run: (state) => next(state, { kind: 'quit' }) },
];

const allNames: readonly string[] = commands.flatMap((command) => command.names);

const nameCompletions = (text: string): readonly string[] => {
  const firsts = commands.map((command) => command.names[0]!).filter((name) => name.startsWith(text));
  const others = text === '' ? [] : allNames.filter((name) => name.startsWith(text) && !firsts.includes(name));
  return [...firsts, ...others];
};

/** What the last word could become: command names, the full ones first; behind `plumb` whatever can stand there. */
export const completionsOf = (text: string, { session }: Pick<UiState, 'session'>): readonly string[] => {
  const words = text.split(' ').filter((word, at, all) => word !== '' || at === all.length - 1);
  const last = words.pop() ?? '';
  const [name, ...rest] = words;
  if (name === undefined) return nameCompletions(last);
  return name === 'plumb' || name === 'wire' ? completePlumb(session.graph, rest, last) : [];
};

/** What is still to be typed. */
export const usageOf = (text: string): string => {
  const [name, ...rest] = text.split(' ').filter((word) => word !== '');
  return name === 'plumb' || name === 'wire' ? plumbUsage(text.endsWith(' ') ? rest : rest.slice(0, -1)) : '';
};

export const runCommand = (state: UiState, text: string, services: Services): Next => {
  const [name = '', ...rest] = text.trim().split(/\s+/);
  if (name === '') return next(state);
  const exact = commands.find((command) => command.names.includes(name));
  const started = commands.filter((command) => command.names.some((alias) => alias.startsWith(name)));
  const command = exact ?? (started.length === 1 ? started[0] : undefined);
  if (command === undefined)
    return next(
      say(
        state,
        started.length > 1
          ? `${name} could be ${started.map((candidate) => candidate.names[0]).join(', ')}`
          : `no command ${name} (Tab shows them)`,
        'warn',
      ),
    );
  return command.run(state, rest.join(' '), services);
};
