/** The loopback link of a running container, or of the host, is switched off or has no address. */
import type { NetnsNode } from '../../graph/graph.ts';
import type { Check } from '../check.ts';
import type { Affected, Problem } from '../finding.ts';
import type { HostView } from '../host-view.ts';
import { isUp, where } from '../host-view.ts';
import { automatic, command, untilReboot, untilRestart } from '../remedies.ts';

/** Table local has loopback's entry, or was not read. */
function hasOwn({ facts }: NetnsNode): boolean {
  const local = (facts.routes ?? []).filter(({ type, table }) => type === 'local' && table === 'local');
  return local.length === 0 || local.some(({ dst }) => dst.startsWith('127.'));
}

function judge(
  view: HostView,
  netns: NetnsNode | undefined,
  name: string,
  affects: readonly Affected[],
): readonly Problem[] {
  const lo = netns === undefined ? undefined : view.linkNamed(netns.id, 'lo');
  if (netns === undefined || lo === undefined) return [];
  const scope = netns.facts.isHost ? ('host' as const) : ('container' as const);
  const persistence = netns.facts.isHost ? untilReboot : untilRestart;
  const why = `Whatever ${name} says to itself is lost: 127.0.0.1, its own addresses, and the engine's name server at 127.0.0.11 where it uses that.`;
  if (isUp(lo))
    return hasOwn(netns)
      ? []
      : [
          {
            subject: name,
            title: `The loopback link of ${name} has lost its address 127.0.0.1`,
            why,
            evidence: [
              { fact: 'no route local 127.0.0.0/8', source: `ip route show table local ${where(netns)}`, link: lo.id },
            ],
            remedies: [
              automatic({
                title: 'Give lo its address back',
                changes: `Adds 127.0.0.1/8 to lo in ${name}.`,
                scope,
                commands: [command(netns, 'ip', 'addr', 'add', '127.0.0.1/8', 'dev', 'lo', 'scope', 'host')],
                undo: [command(netns, 'ip', 'addr', 'del', '127.0.0.1/8', 'dev', 'lo')],
                persistence,
              }),
            ],
            affects,
          },
        ];
  return [
    {
      subject: name,
      title: `The loopback link of ${name} is switched off`,
      why,
      evidence: [
        {
          fact: `lo has flags ${lo.facts.flags.join(',') || 'none'}: UP is missing`,
          source: `ip link ${where(netns)}`,
          link: lo.id,
        },
      ],
      remedies: [
        automatic({
          title: 'Switch lo on',
          changes: `Sets the UP flag of lo in ${name}.`,
          scope,
          commands: [command(netns, 'ip', 'link', 'set', 'dev', 'lo', 'up')],
          undo: [command(netns, 'ip', 'link', 'set', 'dev', 'lo', 'down')],
          persistence,
        }),
      ],
      affects,
    },
  ];
}

export const loopbackDown: Check = {
  id: 'loopback-down',
  severity: 'error',
  about:
    'A netns begins with its loopback link switched off; engines switch it on in every container. Without it a container cannot talk to itself, not even to ' +
    'its own address, and names are not resolved, because the engine’s name server answers at 127.0.0.11. On the host, everything local fails.',
  not: ['a container that is not running', 'a container without networks, whose loopback nobody may need'],
  references: ['man 8 ip-link', 'man 7 network_namespaces'],
  needs: ['links'],
  hides: ['embedded-dns-unreachable', 'flow-blocked', 'loopback-publish-broken'],
  find: (view) =>
    view.engines.flatMap((engine) => [
      ...(engine.running.length === 0 || engine.engine.rootless
        ? []
        : judge(view, engine.netns, 'this host', ['host'])),
      ...engine.running
        .filter(({ facts }) => facts.mode !== 'host' && facts.mode !== 'container' && facts.endpoints.length > 0)
        .flatMap((container) => judge(view, view.netnsOf(container.netns), container.facts.name, [container.id])),
    ]),
};
