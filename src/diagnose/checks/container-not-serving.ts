/** A container with a network is paused, dead or restarting again and again. */
import type { Check } from '../check.ts';
import { guided } from '../remedies.ts';

const states: Readonly<Record<string, string>> = {
  paused: 'is paused: its processes are frozen, packets reach it and nobody answers',
  restarting: 'restarts again and again: nobody listens most of the time',
  dead: 'is dead: the engine could not remove it',
};

export const containerNotServing: Check = {
  id: 'container-not-serving',
  severity: 'error',
  gate: true,
  about:
    'Before anything about the network is looked at: a paused container times out, one that restarts refuses, and neither is a fault of the network.',
  not: ['a stopped container: somebody stopped it', 'an unhealthy one that runs'],
  references: ['docker pause', 'docker inspect State.Status'],
  needs: [],
  hides: ['wrong-container-port', 'listens-on-loopback', 'flow-blocked', 'neighbour-unanswered'],
  find: (view) =>
    view.engines.flatMap(({ engine, containers }) =>
      containers.flatMap((container) => {
        const { name, state } = container.facts;
        const what = states[state];
        if (what === undefined) return [];
        return {
          subject: name,
          // Who paused it knows; one that cannot start is broken, and leaves nothing to be said about what it listens at.
          severity: state === 'paused' ? 'warning' : 'error',
          title: `${name} ${what.split(':')[0]}`,
          why: `${name} ${what}.`,
          evidence: [{ fact: `state ${state}`, source: `${engine.kind} inspect ${name}`, container: container.id }],
          remedies:
            state === 'paused'
              ? [
                  guided({
                    title: `Let ${name} go on`,
                    changes: 'Its processes run again.',
                    scope: 'container',
                    risk: 'Whoever paused it may have had a reason.',
                    riskLevel: 'low',
                    persistence: 'Until it is paused again.',
                    commands: [{ argv: [engine.kind === 'podman' ? 'podman' : 'docker', 'unpause', name] }],
                    undo: [{ argv: [engine.kind === 'podman' ? 'podman' : 'docker', 'pause', name] }],
                  }),
                ]
              : [
                  guided({
                    title: 'See why it ends',
                    changes: 'Nothing.',
                    scope: 'container',
                    risk: 'None.',
                    riskLevel: 'none',
                    persistence: 'Nothing to keep.',
                    commands: [{ argv: ['docker', 'logs', '--tail', '50', name] }],
                  }),
                ],
          affects: [container.id],
          // Frozen, it has its sockets and its links as before, and its kernel answers for its address.
          ...(state === 'paused' ? { hides: [] } : {}),
        };
      }),
    ),
};
