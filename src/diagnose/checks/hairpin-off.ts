/** Without the userland proxy a container cannot reach its own published port: the bridge does not send frames back where they came from. */
import { affectsAttachment } from '../affected.ts';
import type { Check } from '../check.ts';
import { dockerRulesOf, rulesIn } from '../engine-rules.ts';
import { type EngineView, type HostView, where } from '../host-view.ts';
import { automatic, command, untilRestart } from '../remedies.ts';

/** With the proxy on, Docker leaves 127/8 out of its OUTPUT rule: the proxy answers there. */
export function proxyIsOff(view: HostView, { engine, netns }: EngineView): boolean {
  if (engine.userlandProxy !== undefined) return !engine.userlandProxy;
  const ruleset = netns === undefined ? undefined : view.ruleset(netns);
  if (ruleset === undefined || !dockerRulesOf(ruleset).some((rules) => rules.layout !== 'nftables')) return false;
  const jump = rulesIn(ruleset, 'ip', 'nat', 'OUTPUT').find(({ words }) => words.target === 'DOCKER');
  return jump !== undefined && jump.words.dst === undefined;
}

export const hairpinOff: Check = {
  id: 'hairpin-off',
  severity: 'warning',
  about:
    'With the userland proxy switched off, a container that connects to its own published port is led back to itself: the bridge must send the frame ' +
    'out of the port it came in by, which it does only in hairpin mode. Docker switches that on for every port; somebody switched it off.',
  not: ['the userland proxy is on: it answers', 'a container without published ports'],
  references: ['moby#12165', 'moby#12946', 'man 8 bridge (hairpin)'],
  needs: ['links', 'ruleset'],
  hides: ['flow-blocked'],
  find: (view) =>
    view.engines
      .filter((engine) => engine.engine.kind === 'docker' && proxyIsOff(view, engine))
      .flatMap(({ netns, bridges, ports }) =>
        bridges.flatMap(({ attachments }) =>
          attachments.flatMap((attachment) => {
            const { outside, container } = attachment;
            if (
              outside?.bridgePort === undefined ||
              outside.bridgePort.hairpin ||
              !ports.some((port) => port.container === container.id)
            )
              return [];
            const { ifname } = outside.facts;
            return {
              subject: container.facts.name,
              title: `${container.facts.name} cannot reach its own published port`,
              why: `The userland proxy is off, and port ${ifname} does not send frames back where they came from.`,
              evidence: [{ fact: `${ifname} hairpin off`, source: `bridge -d link ${where(netns)}`, link: outside.id }],
              remedies: [
                automatic({
                  title: `Switch hairpin mode on for ${ifname}`,
                  changes: `${ifname} sends frames back to ${container.facts.name} that it sent to itself.`,
                  scope: 'container',
                  commands: [command(netns, 'bridge', 'link', 'set', 'dev', ifname, 'hairpin', 'on')],
                  undo: [command(netns, 'bridge', 'link', 'set', 'dev', ifname, 'hairpin', 'off')],
                  persistence: untilRestart,
                }),
              ],
              affects: affectsAttachment(attachment),
            };
          }),
        ),
      ),
};
