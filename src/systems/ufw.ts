/** ufw: the firewall front end of Ubuntu and Debian. */
import { labelOf, type System } from './system.ts';

const ufw = labelOf('ufw');

const directions: Readonly<Record<string, string>> = {
  input: 'packets for this host',
  forward: 'packets that pass through',
  output: 'packets made on this host',
};

const stages: Readonly<Record<string, string>> = {
  'before-logging': 'writes to the log before any other rule',
  before: 'the fixed rules before yours (/etc/ufw/before.rules): loopback, replies, ping, DHCP',
  user: 'your own rules (ufw allow, deny, route …)',
  'user-logging': 'writes to the log what your rules ask for',
  after: 'the fixed rules after yours (/etc/ufw/after.rules): broadcasts and other noise that is not logged',
  'after-logging': 'writes to the log what is about to meet the default policy',
  reject: 'refuses what no rule accepted, where the default is reject',
  track: 'lets new connections be tracked, where the default is allow',
  'skip-to-policy': 'goes straight to the default policy, without a line in the log',
};

const others: Readonly<Record<string, string>> = {
  'not-local': 'drops packets that are for no address of this host',
  'logging-deny': 'writes dropped packets to the log',
  'logging-allow': 'writes accepted packets to the log',
  'user-limit': 'refuses who tries too often (ufw limit)',
  'user-limit-accept': 'accepts who does not try too often (ufw limit)',
};

export function purposeOfUfwChain(name: string): string | undefined {
  const bare = /^ufw6?-(.+)$/.exec(name)?.[1];
  if (bare === undefined) return undefined;
  const other = others[bare];
  if (other !== undefined) return other;
  const parts = /^(.+)-(input|forward|output)$/.exec(bare);
  const stage = stages[parts?.[1] ?? ''];
  const direction = directions[parts?.[2] ?? ''];
  return stage === undefined || direction === undefined
    ? 'a ufw chain of a kind not known here'
    : `${stage}; for ${direction}`;
}

export const ufwSystem: System = {
  name: 'ufw',
  labelChain({ chain }) {
    const purpose = purposeOfUfwChain(chain.name);
    return purpose === undefined ? undefined : ufw(purpose);
  },
  labelRule({ chain, words }) {
    if (words.target !== undefined && /^ufw6?-/.test(words.target))
      return ufw(purposeOfUfwChain(words.target) ?? 'goes to another ufw chain');
    if (/^ufw6?-user-(input|forward|output)$/.test(chain.name))
      return ufw(userRule(words.target ?? 'counts', words.dport?.value, words.proto));
    return /^ufw6?-/.test(chain.name) ? ufw(purposeOfUfwChain(chain.name) ?? 'a ufw rule') : undefined;
  },
};

function userRule(target: string, port: string | undefined, proto: string | undefined): string {
  const verb = { ACCEPT: 'allows', DROP: 'denies', REJECT: 'refuses' }[target] ?? target;
  return `your rule: ${verb} ${port === undefined ? (proto ?? 'all packets') : `port ${port}/${proto ?? 'tcp and udp'}`}`;
}
