/** iptables match modules without a neutral form: what can be said of each, and why the rest is unknown. */
import type { ClauseOption } from '../../model/statement.ts';
import { isUnknown, type Truth, unknown } from '../context.ts';
import { bpfTest } from './bpf.ts';
import type { Condition } from './compile-condition.ts';
import { and, not } from './truth.ts';
import { u32Test } from './u32.ts';
import type { View } from './view.ts';

type Options = readonly ClauseOption[];
type Compile = (options: Options) => Condition;

const always =
  (truth: Truth): Condition =>
  () =>
    truth;

const stateful =
  (what: string): Compile =>
  () =>
    always(unknown(what));

const find = (options: Options, name: string): ClauseOption | undefined =>
  options.find((option) => option.name === name);
const has = (options: Options, name: string): boolean => find(options, name) !== undefined;

/** The rule for the last of several targets is certain: probability 1, or every packet. */
const statistic: Compile = (options) => {
  const probability = find(options, '--probability');
  const every = find(options, '--every');
  const share = probability !== undefined ? Number(probability.values[0]) : every?.values[0] === '1' ? 1 : undefined;
  const negated = (probability ?? every)?.negated === true;
  if (share === 1) return always(!negated);
  if (share === 0) return always(negated);
  return always(unknown('chosen at random or by turns'));
};

/** Only --set has an answer of its own: it always matches (recent_mt). */
const recent: Compile = (options) => {
  const set = find(options, '--set');
  return always(set === undefined ? unknown('which addresses were seen recently') : !set.negated);
};

const connlimit: Compile = (options) => {
  const above = find(options, '--connlimit-above');
  if (above?.values[0] === '0') return always(!above.negated);
  return always(unknown('how many connections there are'));
};

const quota: Compile = (options) => {
  const limit = find(options, '--quota');
  return always(limit?.values[0] === '0' ? limit.negated : unknown('how much of the quota is left'));
};

const reversePath: Compile = (options) => {
  const question = {
    loose: has(options, '--loose'),
    validMark: has(options, '--validmark'),
    acceptLocal: has(options, '--accept-local'),
  };
  const invert = has(options, '--invert');
  return ({ context }) => {
    const truth = context.reversePath(question);
    return invert ? not(truth) : truth;
  };
};

/** Without IPsec only `--pol none` matches (policy_mt); with it, what the SAs look like is not known. */
const policy: Compile = (options) => {
  const direction = find(options, '--dir')?.values[0] === 'out' ? 'out' : 'in';
  const wantsNone = find(options, '--pol')?.values[0] === 'none';
  const details = options.some(
    (option) => option.name !== '--dir' && option.name !== '--pol' && option.name !== '--strict',
  );
  return ({ context }) => {
    const applies = context.ipsec?.[direction] ?? false;
    if (isUnknown(applies)) return applies;
    if (!applies) return wantsNone;
    if (wantsNone) return false;
    return details ? unknown('which IPsec policy applies') : true;
  };
};

const ipvs: Compile = (options) => {
  const property = find(options, '--ipvs');
  return ({ context }) => {
    const truth = context.ipvs ?? false;
    if (options.length === 1 && property !== undefined) return property.negated ? not(truth) : truth;
    return truth === false ? false : unknown('which IPVS connection it belongs to');
  };
};

const inRange = (value: number | undefined, span: string, what: string): Truth => {
  const [from, to] = span.split('-').map(Number);
  if (value === undefined || from === undefined || Number.isNaN(from)) return unknown(what);
  return value >= from && value <= (to ?? from);
};

/** A packet without a socket matches only when every option is negated (owner_mt). */
const owner: Compile = (options) => (view) => {
  const { socket, local } = view.context;
  if (socket === null || (socket === undefined && !local)) return options.every((option) => option.negated);
  return and(options, (option) => {
    const truth =
      option.name === '--uid-owner'
        ? inRange(socket?.uid, option.values[0] ?? '', 'which user sends')
        : option.name === '--gid-owner'
          ? inRange(socket?.gid, option.values[0] ?? '', 'which group sends')
          : option.name === '--socket-exists'
            ? true
            : unknown('supplementary groups of the sender');
    return option.negated ? not(truth) : truth;
  });
};

const deviceGroup: Compile = (options) => (view) =>
  and(options, (option) => {
    const name = option.name === '--src-group' ? view.packet.in : view.packet.out;
    const group = name === undefined ? 0 : view.context.linkGroup?.(name);
    const [value, mask] = (option.values[0] ?? '').split('/').map(Number);
    if (group === undefined || value === undefined || Number.isNaN(value)) return unknown(`the group of link ${name}`);
    const truth = (group & (mask ?? 0xffffffff)) >>> 0 === value;
    return option.negated ? !truth : truth;
  });

const cgroup: Compile = () => (view: View) =>
  view.context.socket === null ? false : unknown('the control group of the sender');

/** An IPv6 extension header: the packets here carry none, so even negated options find nothing to look at. */
const noHeader: Compile = () => always(false);

const modules: Readonly<Record<string, Compile>> = {
  fragment: (options) => always(options[0]?.negated === true),
  statistic,
  recent,
  connlimit,
  quota,
  rpfilter: reversePath,
  policy,
  ipvs,
  owner,
  devgroup: deviceGroup,
  cgroup,
  u32: (options) => u32Test(options),
  bpf: (options) => bpfTest(options),
  frag: noHeader,
  hbh: noHeader,
  dst: noHeader,
  rt: noHeader,
  limit: stateful('how many packets came before'),
  hashlimit: stateful('how many packets came before'),
  connbytes: stateful('how much the connection has carried'),
  nfacct: stateful('the state of an accounting object'),
  time: stateful('what time it is'),
  cpu: stateful('which processor handles it'),
  string: stateful('what the packet carries'),
  socket: stateful('whether a socket waits for it'),
  esp: stateful('its security parameter index'),
  ah: stateful('its security parameter index'),
  'tcp-option': stateful('its TCP options'),
};

export function extensionTest(module: string, options: Options): Condition {
  const compile = modules[module];
  if (compile !== undefined) return compile(options);
  const shown = options.map((option) => `${option.negated ? '! ' : ''}${[option.name, ...option.values].join(' ')}`);
  return always(unknown(`match ${[module, ...shown].join(' ')} is not understood`));
}
