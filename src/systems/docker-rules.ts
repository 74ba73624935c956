/** What each of Docker's iptables rules does, told by its shape: positions move between restarts and versions. */
import { matchesReplies, type RuleWords } from './rule-words.ts';
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const docker = labelOf('Docker');
/** A shape anybody could have written, in a chain Docker shares with others. */
const likely = labelOf('Docker', 'likely');

const is = (word: { readonly value: string; readonly not: boolean } | undefined, value: string, not = false) =>
  word !== undefined && word.value === value && word.not === not;

/** `8080/tcp`, with the host address when the rule is bound to one. */
export function portText(words: RuleWords): string {
  const port = `${words.dport?.value ?? '?'}/${words.proto ?? '?'}`;
  return words.dst === undefined || words.dst.not ? port : `${words.dst.value.replace(/\/(32|128)$/, '')}:${port}`;
}

function labelFilterDocker({ words, names }: RuleSubject): Label | undefined {
  const out = words.out?.value;
  if (
    words.target === 'DROP' &&
    words.in?.not === true &&
    words.in.value === out &&
    out !== undefined &&
    words.dst === undefined
  )
    return docker(`drops what comes from elsewhere for a port of ${names.link(out)} that is not published`);
  if (words.target !== 'ACCEPT') return undefined;
  if (words.dst !== undefined && words.dport !== undefined) {
    const from = words.in !== undefined && !words.in.not ? ` from ${names.link(words.in.value)}` : '';
    return docker(
      `accepts packets${from} for ${names.prefix(words.dst.value)} port ${words.dport.value}/${words.proto ?? '?'}`,
    );
  }
  if (words.src !== undefined && words.sport !== undefined)
    return docker(`lets the answers of ${names.prefix(words.src.value)} back over a legacy --link`);
  if (/icmp/.test(words.proto ?? '') && out !== undefined)
    return docker(`lets ping and ICMP errors reach containers of ${names.link(out)}`);
  if (out !== undefined && words.in?.not === true)
    return docker(`lets everybody reach containers of ${names.link(out)} (gateway mode without protection)`);
  return undefined;
}

function labelNatDocker({ words, names }: RuleSubject): Label | undefined {
  if (words.target === 'DNAT' && words.to !== undefined)
    return docker(`publishes ${portText(words)} → ${names.target(words.to)}`);
  if (words.target === 'RETURN' && words.in !== undefined && !words.in.not) {
    if (words.in.value === 'loopback0') return docker('leaves packets of the WSL2 mirror link untranslated');
    return docker(
      `leaves packets from ${names.link(words.in.value)} untranslated: its containers reach published ports by the userland proxy`,
    );
  }
  return undefined;
}

function labelIsolation({ chain, words, names }: RuleSubject): Label | undefined {
  const { in: into, out, src, dst, target } = words;
  if (target === 'RETURN' && into === undefined && out === undefined)
    return docker('goes back: nothing here was to be kept apart');
  if (target === 'RETURN' && out !== undefined)
    return docker(`lets other networks reach ${names.link(out.value)} (routed gateway mode)`);
  if (target === 'DROP' && src?.not === true && out !== undefined)
    return docker(`lets nothing from outside into internal network ${names.link(out.value)}`);
  if (target === 'DROP' && dst?.not === true && into !== undefined)
    return docker(`lets nothing out of internal network ${names.link(into.value)}`);
  if (target === 'DROP' && into !== undefined && out !== undefined)
    return docker(`keeps ${names.link(into.value)} out of ${names.link(out.value)}`);
  if (target === 'DROP' && out !== undefined)
    return docker(`keeps other Docker networks out of ${names.link(out.value)}`);
  if (target === 'DOCKER-ISOLATION-STAGE-2' && into !== undefined)
    return docker(`checks whether packets leaving ${names.link(into.value)} are for another Docker network`);
  if (target === 'ACCEPT' && matchesReplies(words) && into !== undefined)
    return docker(`lets replies out of routed network ${names.link(into.value)}`);
  return chain.name === 'DOCKER-INTERNAL' ? docker('keeps an internal network closed') : undefined;
}

/** Rules about one bridge: in FORWARD until 27, in DOCKER-FORWARD, DOCKER-CT and DOCKER-BRIDGE since. */
export function labelBridgeRule({ words, names }: RuleSubject, make: (purpose: string) => Label): Label | undefined {
  const { in: into, out, target } = words;
  if (target === 'ACCEPT' && matchesReplies(words) && out !== undefined && !out.not)
    return make(`lets replies back to ${names.link(out.value)}`);
  if (target === 'DOCKER' && out !== undefined) return docker(`asks for the open ports of ${names.link(out.value)}`);
  if (target === 'ACCEPT' && words.mark !== undefined)
    return make('accepts packets that carry the mark set with --bridge-accept-fwmark');
  if (into === undefined || into.not) return undefined;
  if (target === 'ACCEPT' && is(out, into.value, true)) return make(`lets containers of ${names.link(into.value)} out`);
  if (target === 'ACCEPT' && is(out, into.value))
    return make(`lets containers of ${names.link(into.value)} talk to each other`);
  if (target === 'DROP' && is(out, into.value))
    return make(`keeps containers of ${names.link(into.value)} apart (icc=false)`);
  if (target === 'ACCEPT' && out === undefined)
    return make(`lets containers of ${names.link(into.value)} out and talk to each other`);
  return undefined;
}

const ingress = ({ words }: RuleSubject): Label | undefined => {
  if (words.target === 'DNAT')
    return docker(`publishes ${portText(words)} of a swarm service → ingress sandbox ${words.to ?? ''}`.trimEnd());
  if (words.target === 'ACCEPT' && words.sport !== undefined)
    return docker(`lets answers of the swarm service on port ${words.sport} back`);
  if (words.target === 'ACCEPT')
    return docker(`lets packets for the swarm service on port ${words.dport?.value ?? '?'} through`);
  return words.target === 'RETURN' ? docker('goes back: not a port of a swarm service') : undefined;
};

/** 28.0.0 alone matched the bridges' subnets as ipsets. */
function labelIpsetRule({ words }: RuleSubject): Label | undefined {
  if (!/^docker-ext-bridges/.test(words.all.get('match-set')?.value ?? '')) return undefined;
  return words.target === 'ACCEPT'
    ? docker('lets replies back to all Docker bridges (28.0.0)')
    : docker('asks for the open ports of all Docker bridges (28.0.0)');
}

const chains: Readonly<Record<string, (subject: RuleSubject) => Label | undefined>> = {
  'filter DOCKER': labelFilterDocker,
  'nat DOCKER': labelNatDocker,
  'filter DOCKER-INGRESS': ingress,
  'nat DOCKER-INGRESS': ingress,
  'filter DOCKER-ISOLATION': labelIsolation,
  'filter DOCKER-ISOLATION-STAGE-1': labelIsolation,
  'filter DOCKER-ISOLATION-STAGE-2': labelIsolation,
  'filter DOCKER-INTERNAL': labelIsolation,
  'filter DOCKER-FORWARD': (subject) => labelBridgeRule(subject, docker),
  'filter DOCKER-CT': (subject) => labelBridgeRule(subject, docker),
  'filter DOCKER-BRIDGE': (subject) => labelBridgeRule(subject, docker),
  'filter FORWARD': (subject) => labelIpsetRule(subject) ?? labelForward(subject),
};

/** A rule in FORWARD is Docker's when the bridge is one of its networks, or has a jump to DOCKER beside it. */
function labelForward(subject: RuleSubject): Label | undefined {
  const bridge = subject.words.out?.value ?? subject.words.in?.value;
  if (bridge === undefined) return undefined;
  const own =
    subject.names.network(bridge) !== undefined ||
    subject.chain.rules.some(
      (rule) => rule.text.includes(`-o ${bridge} -j DOCKER`) || rule.text.includes('--match-set docker-ext-bridges-'),
    );
  return own
    ? labelBridgeRule(subject, docker)
    : /^(docker0|docker_gwbridge|br-[0-9a-f]{12})$/.test(bridge)
      ? labelBridgeRule(subject, likely)
      : undefined;
}

export const dockerRules: System = {
  name: 'docker rules',
  labelRule(subject) {
    const { table, chain, words } = subject;
    if (table.backend === 'nft') return undefined;
    if (table.name === 'filter' && chain.name === 'DOCKER-USER') {
      const untouched = words.target === 'RETURN' && words.all.size === 2;
      return untouched
        ? docker("goes on to Docker's own rules (Docker writes this line until 28.2)")
        : labelOf('the operator')('a rule of your own');
    }
    return chains[`${table.name} ${chain.name}`]?.(subject);
  },
};
