/** A container shares the netns of one that was restarted or removed since. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

export const sharedNetnsParentRestarted: Check = {
  id: 'shared-netns-parent-restarted',
  severity: 'error',
  about:
    '`--network container:X` joins the netns X has at that moment. When X restarts it gets a new one; who joined stays in the old one, where only ' +
    'loopback is left. With compose it is `network_mode: service:X`, typically behind a VPN container.',
  not: ['both in the same netns', 'X not running: then both are expected to be off', 'a netns that could not be read'],
  references: ['compose#6626', 'compose#8918', 'moby#10462'],
  needs: [],
  hides: ['flow-blocked', 'wrong-container-port', 'container-no-default-route'],
  find: (view) =>
    view.engines.flatMap(({ engine, running, containers }) =>
      running.flatMap((container) => {
        const { sharesNetnsOf, name } = container.facts;
        if (sharesNetnsOf === undefined || container.facts.mode !== 'container') return [];
        const owner = containers.find((one) => one.facts.fullId === sharesNetnsOf || one.facts.name === sharesNetnsOf);
        if (
          owner !== undefined &&
          (owner.facts.pid === 0 ||
            owner.netns === undefined ||
            container.netns === undefined ||
            owner.netns === container.netns)
        )
          return [];
        // Without the whole list of containers a missing owner says nothing.
        if (owner === undefined && !containers.some((one) => one.facts.fullId === container.facts.fullId)) return [];
        const who = owner?.facts.name ?? sharesNetnsOf.slice(0, 12);
        return {
          subject: name,
          title:
            owner === undefined
              ? `${name} shares the netns of ${who}, which no longer exists`
              : `${name} is left in the old netns of ${who}`,
          why:
            owner === undefined
              ? `${name} has no network but loopback, and cannot be started again.`
              : `${who} was restarted and has a new netns; ${name} has no network but loopback.`,
          evidence: [
            {
              fact: `network mode ${container.facts.networkMode.slice(0, 24)}`,
              source: `${engine.kind} inspect ${name}`,
              container: container.id,
            },
            ...(owner === undefined
              ? []
              : [
                  {
                    fact: `netns of ${name} and of ${who} differ`,
                    source: '/proc/PID/ns/net',
                    ...(container.netns === undefined ? {} : { netns: container.netns }),
                  },
                ]),
          ],
          remedies: [
            guided({
              title: owner === undefined ? `Create ${name} again` : `Restart ${name}`,
              changes: `${name} joins the present netns of ${who}.`,
              scope: 'container',
              risk: `${name} is down for a moment.`,
              riskLevel: 'medium',
              persistence: `Until ${who} restarts again; with compose: depends_on with restart: true.`,
              ...(owner === undefined
                ? { steps: ['docker compose up -d --force-recreate SERVICE'] }
                : { commands: [{ argv: ['docker', 'restart', name] }] }),
            }),
          ],
          affects: [container.id],
        };
      }),
    ),
};
