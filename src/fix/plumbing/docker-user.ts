/** Rules of one's own before Docker's: allow or block a source for a container. */
import { automatic, type Draft, untilFlush } from '../../diagnose/remedies.ts';

export interface Filtered {
  /** An address or subnet; absent: everybody. */
  readonly source?: string;
  readonly container: string;
  readonly address: string;
  /** As the container knows it: DNAT comes before this chain. */
  readonly port?: number;
  readonly proto: 'tcp' | 'udp';
}

export const filterSource = (verdict: 'allow' | 'block', to: Filtered): Draft => {
  const spec = [
    ...(to.source === undefined ? [] : ['-s', to.source]),
    ...['-d', to.address],
    ...(to.port === undefined ? [] : ['-p', to.proto, '-m', to.proto, '--dport', String(to.port)]),
    // RETURN goes on to Docker's own rules: a network that is kept apart stays so.
    ...['-j', verdict === 'allow' ? 'RETURN' : 'DROP'],
  ];
  const who = to.source ?? 'everybody';
  const what = to.port === undefined ? to.container : `port ${to.port}/${to.proto} of ${to.container}`;
  return automatic({
    title: verdict === 'allow' ? `Let ${who} reach ${what}` : `Keep ${who} from ${what}`,
    changes: `A rule at the head of DOCKER-USER ${verdict === 'allow' ? 'goes past the rules below it' : 'drops'} what comes from ${who} to ${to.address}.`,
    scope: 'container',
    risk: verdict === 'allow' ? 'Nobody is interrupted.' : `Connections of ${who} to ${what} stop.`,
    riskLevel: verdict === 'allow' ? 'low' : 'medium',
    commands: [{ argv: ['iptables', '-w', '-I', 'DOCKER-USER', '1', ...spec] }],
    undo: [{ argv: ['iptables', '-w', '-D', 'DOCKER-USER', ...spec] }],
    persistence: `${untilFlush} The address of ${to.container} may change when it is created again. To keep it: netfilter-persistent save, or ufw's after.rules.`,
  });
};
