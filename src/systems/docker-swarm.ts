/** Docker swarm: rules inside its service and ingress namespaces, encrypted overlays, and embedded DNS in containers. */
import { type Label, labelOf, type RuleSubject, type System } from './system.ts';

const swarm = labelOf('Docker swarm');
const dns = labelOf('Docker embedded DNS');

/** dockerd's own mark for packets of encrypted overlays (moby, libnetwork `r = 0xD0C4E3`). */
const encryptionMark = /0xd0c4e3/i;

function labelEncryption({ rule, words }: RuleSubject): Label | undefined {
  if (encryptionMark.test(rule.text))
    return swarm('marks VXLAN packets of an encrypted overlay so that they leave encrypted');
  if (words.all.get('pol') === undefined || !/\b4789\b/.test(rule.text)) return undefined;
  return words.target === 'DROP'
    ? swarm('drops VXLAN packets of an encrypted overlay that came in unencrypted')
    : swarm('accepts VXLAN packets of an encrypted overlay that came in encrypted');
}

/** IPVS marks count up from 256 in every swarm sandbox. */
function labelIpvs({ table, words }: RuleSubject): Label | undefined {
  if (words.all.has('ipvs'))
    return swarm('gives packets the balancer spreads the address of this sandbox, so that answers come back here');
  const mark = /^0x([0-9a-f]+)\/0xffffffff$/.exec(words.all.get('set-xmark')?.value ?? '');
  if (table.name !== 'mangle' || mark === null || Number.parseInt(mark[1]!, 16) < 256) return undefined;
  const mine = labelOf('Docker swarm', 'likely');
  if (words.dport !== undefined)
    return mine(`marks packets for published port ${words.dport.value} so that IPVS spreads them over the tasks`);
  return words.dst === undefined
    ? undefined
    : mine(`marks packets for service address ${words.dst.value} so that IPVS spreads them over the tasks`);
}

function labelDns({ chain, words }: RuleSubject): Label | undefined {
  if (words.target === 'DOCKER_OUTPUT' || words.target === 'DOCKER_POSTROUTING')
    return dns("sees to name queries for the engine's resolver at 127.0.0.11");
  if (chain.name === 'DOCKER_OUTPUT' && words.to !== undefined)
    return dns(`leads ${words.proto ?? ''} name queries to the engine's resolver at ${words.to}`);
  if (chain.name === 'DOCKER_POSTROUTING')
    return dns(`gives ${words.proto ?? ''} answers of the engine's resolver their port 53 back`);
  return undefined;
}

export const dockerSwarm: System = {
  name: 'docker swarm',
  labelRule(subject) {
    const { table, chain, words, rule } = subject;
    if (table.backend === 'nft') return undefined;
    if (words.target === 'DOCKER-INGRESS') return labelOf('Docker')('looks for published ports of swarm services');
    if (
      table.name === 'nat' &&
      words.target === 'REDIRECT' &&
      words.dst !== undefined &&
      words.all.get('to-ports') !== undefined
    )
      return labelOf(
        'Docker swarm',
        'likely',
      )(`leads published port ${words.dport?.value ?? '?'} to port ${words.to ?? '?'} of this task`);
    const allowList = table.name === 'filter' && (chain.name === 'INPUT' || chain.name === 'OUTPUT');
    const ends = chain.rules.filter((other) => /-p sctp -j DROP/.test(other.text)).length > 0;
    if (allowList && ends && /-p (tcp|udp|sctp) /.test(rule.text) && (words.dst ?? words.src) !== undefined) {
      const side = chain.name === 'INPUT' ? 'in from' : 'out to';
      return words.target === 'DROP'
        ? labelOf('Docker swarm', 'likely')(`lets no other ${words.proto ?? ''} packets ${side} the ingress network`)
        : labelOf('Docker swarm', 'likely')(`lets packets of the task's published port ${side} the ingress network`);
    }
    return labelDns(subject) ?? labelEncryption(subject) ?? labelIpvs(subject);
  },
};
