/** hosts-flow-blocked: what it finds between two hosts, and what it must not be confused with. */
import { expect, test } from 'vitest';
import { hostsFlowBlocked } from '../../../src/diagnose/checks/hosts-flow-blocked.ts';
import { buildHostView } from '../../../src/diagnose/host-view.ts';
import { buildGraph } from '../../../src/graph/build-graph.ts';
import type { EngineNetwork } from '../../../src/model/container.ts';
import { makeEngine, makeNetwork } from '../../graph/make-snapshot.ts';
import { testHostsCheck, twoHosts } from '../two-hosts.ts';

testHostsCheck(hostsFlowBlocked, {
  wiring: 'flannel',
  finds: {
    'FORWARD of the other host drops what comes from the tunnel': ({ b }) => b.rule('-A FORWARD -i flannel.1 -j DROP'),
    'the answer is dropped on its way': ({ a }) => a.rule('-A FORWARD -i flannel.1 -o docker0 -j DROP'),
  },
  ignores: {
    'containers that no route and no overlay connects': ({ a, b }) => {
      for (const one of [a, b]) {
        one.host.routes = one.host.routes!.filter((route) => route.dev !== 'flannel.1');
        one.host.fdb = [];
        one.rule('-A FORWARD -j DROP');
      }
    },
    'a port on which nobody listens': ({ b }) => {
      b.web.sockets = [];
    },
  },
});

test('is silent about addresses on the ingress network of a swarm, between which rules inside let nothing pass', () => {
  const ingress = makeNetwork('ingress', {
    driver: 'overlay',
    ingress: true,
    subnets: [{ subnet: '10.244.0.0/16' }],
  });
  const found = (networks: readonly EngineNetwork[]) => {
    const hosts = twoHosts('flannel', ({ b }) => b.rule('-A FORWARD -i flannel.1 -j DROP')).map((snapshot) => ({
      ...snapshot,
      engines: [makeEngine([], networks)],
    }));
    const graph = buildGraph(hosts);
    return hosts.flatMap((snapshot) => hostsFlowBlocked.find(buildHostView(graph, snapshot)));
  };
  expect(found([])).not.toEqual([]);
  expect(found([ingress])).toEqual([]);
});
