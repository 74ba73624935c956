/** How soon another machine with 100 containers is seen over a line of 100 ms and 1 % loss, beside what ssh itself takes to say `true` there. */
import { spawnSync } from 'node:child_process';
import { collectInStages } from '../../src/collect/collect-in-stages.ts';
import { openSshHost } from '../../src/host/ssh-host.ts';
import { startSshLab } from '../docker/ssh-host.ts';
import { IMAGE } from '../lab/daemon.ts';
import { FAR } from '../lab/slow-wire.ts';
import { median } from './measure-process.ts';

export interface SshTimes {
  /** `ssh there true`, with its handshake. */
  readonly sshMs: number;
  /** From nothing to wiring and names of all containers. */
  readonly pictureMs: number;
  /** With rules, sockets and files. */
  readonly wholeMs: number;
}

const COUNT = 100;
const NETWORKS = ['bridge', 'front', 'back'];

const containers: readonly (readonly string[])[] = [
  ...NETWORKS.slice(1).map((name) => ['network', 'create', name]),
  ...Array.from({ length: COUNT }, (_, n) => {
    const ports = n % 5 === 0 ? ['-p', `${8000 + n}:80`] : [];
    return ['run', '-d', '--network', NETWORKS[n % NETWORKS.length] ?? 'bridge', ...ports, IMAGE];
  }),
];

const lookOnce = async (): Promise<{ readonly picture: number; readonly whole: number }> => {
  const began = performance.now();
  const host = await openSshHost({ address: { text: `ssh://root@${FAR}`, host: FAR, user: 'root' } });
  let picture = Number.NaN;
  await collectInStages(host, {}, ({ engines, netns }) => {
    const isThere = engines.flatMap((one) => one.containers).length === COUNT && netns.length > COUNT;
    if (isThere && Number.isNaN(picture)) picture = performance.now() - began;
  });
  const whole = performance.now() - began;
  await host.close();
  return { picture, whole };
};

const sshOnce = (): number => {
  const began = performance.now();
  spawnSync('ssh', ['-l', 'root', FAR, 'true']);
  return performance.now() - began;
};

export const measureSsh = async (rounds: number): Promise<SshTimes> => {
  const lab = await startSshLab(containers);
  try {
    await lab.lengthen();
    const looks: { readonly picture: number; readonly whole: number }[] = [];
    const sshs: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      sshs.push(sshOnce());
      looks.push(await lookOnce());
    }
    return {
      sshMs: median(sshs),
      pictureMs: median(looks.map(({ picture }) => picture)),
      wholeMs: median(looks.map(({ whole }) => whole)),
    };
  } finally {
    await lab.stop();
  }
};
