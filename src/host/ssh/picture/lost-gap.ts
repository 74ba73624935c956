/** What cannot be seen because of how we came there. */
import type { Gap } from '../../../model/gap.ts';
import type { HostId } from '../../../model/ids.ts';
import type { SshAddress } from '../line/ssh-address.ts';
import type { HelloFacts } from './parse-hello.ts';

export const sudoGap = ({ facts }: HelloFacts, host: HostId): readonly Gap[] =>
  facts.uid === 0
    ? []
    : [
        {
          source: `sudo on ${host}`,
          reason: 'forbidden',
          detail: `logged in as user ${facts.uid}, and sudo -n starts no shell: only what every user may see is seen`,
          howToSee: 'log in as root, or allow `sudo -n sh` there',
        },
      ];

export const lostGap = (address: SshAddress, loss: { readonly at: string; readonly why: string } | undefined): Gap => ({
  source: 'ssh',
  reason: 'vanished',
  detail: `the line was lost at ${loss?.at.slice(11, 19) ?? '?'} UTC: what is shown of that host is as of then (${loss?.why ?? address.text})`,
  howToSee: 'wait: it is made again as soon as it can be, without asking for a password',
});
