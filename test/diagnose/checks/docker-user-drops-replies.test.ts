/** docker-user-drops-replies: what it finds, and what it must not be confused with. */
import { dockerUserDropsReplies } from '../../../src/diagnose/checks/docker-user-drops-replies.ts';
import { testCheck } from '../test-check.ts';

testCheck(dockerUserDropsReplies, {
  finds: {
    'everybody but a few is dropped on the uplink': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 ! -s 198.51.100.0/24 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
    'everything that comes in is rejected': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 -j REJECT --reject-with icmp-port-unreachable\n-A DOCKER-USER -j RETURN',
      );
    },
  },
  ignores: {
    'a rule about new connections only': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 ! -s 198.51.100.0/24 -m conntrack --ctstate NEW -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
    'a rule after one that lets answers pass': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A DOCKER-USER -i eth0 ! -s 198.51.100.0/24 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
    'a banned address': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -s 198.51.100.9/32 -j DROP\n-A DOCKER-USER -j RETURN');
    },
    'a rule that drops whatever passes': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -j DROP\n-A DOCKER-USER -j RETURN');
    },
    'a rule that drops what comes from a bridge': (draft) => {
      draft.rule('-A DOCKER-USER -j RETURN', '-A DOCKER-USER -i br-+ -j DROP\n-A DOCKER-USER -j RETURN');
    },
    'a rule for one port': (draft) => {
      draft.rule(
        '-A DOCKER-USER -j RETURN',
        '-A DOCKER-USER -i eth0 -p tcp -m tcp --dport 80 -j DROP\n-A DOCKER-USER -j RETURN',
      );
    },
  },
});
