/** overlay-entry-missing: what it finds between two hosts, and what it must not be confused with. */
import { overlayEntryMissing } from '../../../src/diagnose/checks/overlay-entry-missing.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(overlayEntryMissing, {
  wiring: 'flannel',
  finds: {
    'the forwarding entry': ({ a }) => {
      a.host.fdb = [];
    },
    'the neighbour entry': ({ a }) => {
      a.host.neighbours = a.host.neighbours!.filter((entry) => entry.dev !== 'flannel.1');
    },
  },
  ignores: {
    'a tunnel that sends to everybody': ({ a }) => {
      a.host.fdb = [
        { mac: '00:00:00:00:00:00', ifname: 'flannel.1', dst: '10.77.0.12', flags: ['self'], state: 'permanent' },
      ];
    },
    'two overlays that have one number by chance': ({ a, b }) => {
      for (const { host } of [a, b]) {
        host.fdb = [];
        host.neighbours = [];
        host.routes = host.routes!.filter((route) => route.dev !== 'flannel.1');
      }
    },
    'a link of the overlay that is down here': ({ a }) => {
      a.link('flannel.1').flags = [];
      a.host.fdb = [];
    },
  },
});
