/** overlay-entry-wrong: what it finds between two hosts, and what it must not be confused with. */
import { overlayEntryWrong } from '../../../src/diagnose/checks/overlay-entry-wrong.ts';
import { testHostsCheck } from '../two-hosts.ts';

testHostsCheck(overlayEntryWrong, {
  wiring: 'flannel',
  finds: {
    'the entry leads to a host that is gone': ({ a }) => {
      a.host.fdb![0]!.dst = '10.77.0.19';
    },
  },
  ignores: {
    'a learnt entry': ({ a }) => {
      a.host.fdb![0]!.dst = '10.77.0.19';
      a.host.fdb![0]!.state = '';
    },
    'a second entry that is right': ({ a }) => {
      a.host.fdb!.unshift({ ...a.host.fdb![0]!, dst: '10.77.0.19' });
    },
  },
});
