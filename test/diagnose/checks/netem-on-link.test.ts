/** netem-on-link: what it finds, and what it must not be confused with. */
import { netemOnLink } from '../../../src/diagnose/checks/netem-on-link.ts';
import { testCheck } from '../test-check.ts';

testCheck(netemOnLink, {
  finds: {
    'a link inside loses packets': (draft) => {
      draft.link(draft.web, 'eth0').qdisc = 'netem';
    },
    'a link to a container sends nothing': (draft) => {
      draft.link(draft.host, 'vethweb').qdisc = 'blackhole';
    },
    'the uplink delays packets': (draft) => {
      draft.link(draft.host, 'eth0').qdisc = 'netem';
    },
  },
  ignores: {
    'another queueing discipline': (draft) => {
      draft.link(draft.host, 'eth0').qdisc = 'fq_codel';
    },
    'no queue at all': (draft) => {
      draft.link(draft.web, 'eth0').qdisc = 'noqueue';
    },
  },
});
