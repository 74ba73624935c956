/** link-without-arp: what it finds, and what it must not be confused with. */
import { linkWithoutArp } from '../../../src/diagnose/checks/link-without-arp.ts';
import { testCheck } from '../test-check.ts';

testCheck(linkWithoutArp, {
  finds: {
    'the link inside has arp off': (draft) => {
      draft.link(draft.web, 'eth0').flags.push('NOARP');
    },
    'the bridge has arp off': (draft) => {
      draft.link(draft.host, 'br-app').flags.push('NOARP');
    },
    'the container ignores every question': (draft) => {
      draft.web.sysctls!['ipv4.conf.all.arp_ignore'] = '8';
    },
  },
  ignores: {
    'arp_ignore as hosts with several addresses have it': (draft) => {
      draft.host.sysctls!['ipv4.conf.all.arp_ignore'] = '1';
      draft.host.sysctls!['ipv4.conf.br-app.arp_ignore'] = '2';
    },
    'a tunnel, where NOARP is normal': (draft) => {
      draft.link(draft.web, 'eth0').flags.push('NOARP');
      draft.link(draft.web, 'eth0').link_type = 'none';
    },
    'a container that is not running': (draft) => {
      draft.link(draft.web, 'eth0').flags.push('NOARP');
      draft.webContainer.state = 'exited';
      draft.webContainer.pid = 0;
    },
  },
});
