/** default-route-by-dead-end: what it finds, and what it must not be confused with. */
import { defaultRouteByDeadEnd } from '../../../src/diagnose/checks/default-route-by-dead-end.ts';
import { ipv4, makeVeth } from '../../graph/make-snapshot.ts';
import { type Draft, makeRoute, mutable } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

/** web is on the default bridge as well. */
const connect = (draft: Draft): void => {
  draft.webContainer.endpoints.push({
    network: 'bridge',
    networkId: draft.engine.networks[0]!.fullId,
    ipv4: '172.17.0.2',
    prefixLength4: 16,
    gateway4: '172.17.0.1',
    mac: '02:42:ac:11:00:02',
    aliases: [],
  });
  draft.web.links!.push(mutable(makeVeth(3, 'eth1', 9, 0, { address: '02:42:ac:11:00:02' })));
  draft.web.addresses!.push({ ifindex: 3, ifname: 'eth1', addr_info: [ipv4('172.17.0.2', 16)] });
  draft.web.routes!.push(
    makeRoute('172.17.0.0/16', 'eth1'),
    makeRoute('172.17.0.2', 'eth1', { type: 'local', table: 'local', scope: 'host' }),
  );
};

testCheck(defaultRouteByDeadEnd, {
  finds: {
    'it leaves by an internal network': (draft) => {
      connect(draft);
      draft.app.internal = true;
    },
    'it leaves by a network that is not masqueraded': (draft) => {
      connect(draft);
      draft.app.options['com.docker.network.bridge.enable_ip_masquerade'] = 'false';
    },
  },
  ignores: {
    'two networks that lead out': connect,
    'one network that does not': (draft) => {
      draft.app.internal = true;
    },
    'a network that was given the higher priority': (draft) => {
      connect(draft);
      draft.app.options['com.docker.network.bridge.enable_ip_masquerade'] = 'false';
      draft.webContainer.endpoints[0]!.gwPriority = 1;
    },
    'several networks of which none leads out': (draft) => {
      connect(draft);
      for (const network of draft.engine.networks) network.internal = true;
    },
  },
  notFirst: ['it leaves by an internal network', 'it leaves by a network that is not masqueraded'],
});
