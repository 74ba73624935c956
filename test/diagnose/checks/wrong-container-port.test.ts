/** wrong-container-port: what it finds, and what it must not be confused with. */
import { wrongContainerPort } from '../../../src/diagnose/checks/wrong-container-port.ts';
import { makeSocket } from '../healthy-host.ts';
import { testCheck } from '../test-check.ts';

testCheck(wrongContainerPort, {
  finds: {
    'the program listens on another port': (draft) => {
      draft.web.sockets = [makeSocket('tcp', '0.0.0.0', 8000, 'gunicorn')];
    },
  },
  ignores: {
    'a UDP port, whose socket may open late': (draft) => {
      draft.web.sockets = [makeSocket('tcp', '0.0.0.0', 8000, 'gunicorn')];
      draft.webContainer.ports[0]!.proto = 'udp';
    },
    'a container in which nobody listens at all': (draft) => {
      draft.web.sockets = [];
    },
    'sockets that were not read': (draft) => {
      delete draft.web.sockets;
    },
    'another published port that is served': (draft) => {
      draft.web.sockets = [makeSocket('tcp', '0.0.0.0', 443, 'nginx')];
      draft.webContainer.ports.push({ hostIp: '0.0.0.0', hostPort: 8443, containerPort: 443, proto: 'tcp' });
      draft.rule(
        '-A DOCKER ! -i br-app',
        '-A DOCKER ! -i br-app -p tcp -m tcp --dport 8443 -j DNAT --to-destination 172.20.0.2:443\n-A DOCKER ! -i br-app',
      );
    },
  },
});
