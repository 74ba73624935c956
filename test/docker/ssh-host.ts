/** A lab host with an engine and a real sshd in it, and an `ssh` in front of ours that leads there. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { IMAGE } from '../lab/daemon.ts';
import { type LabHost, startLabHost } from '../lab/lab-host.ts';
import { FAR, type SlowWire, startSlowWire } from '../lab/slow-wire.ts';

export interface SshLab {
  readonly host: LabHost;
  /** Its own key is not known to the client under this address. */
  readonly strangeAddress: string;
  /** Another key is known to the client under this one. */
  readonly changedAddress: string;
  /** From a netns of its own, to the address FAR: 50 ms in each direction, and each hundredth packet is lost. */
  lengthen(): Promise<SlowWire>;
  stop(): Promise<void>;
}

/** $1 the client's public key. `sued` may become root without a password; `plain` may not. */
const SERVE = `set -e
mkdir -p /run/sshd /run/keys
ssh-keygen -q -t ed25519 -N '' -f /run/keys/host
for user in root sued plain; do
  id $user >/dev/null 2>&1 || useradd -M -p '*' -d /run/home-$user -s /bin/sh $user
  printf '%s\\n' "$1" >/run/keys/$user
done
mkdir -p /etc/sudoers.d /run/home-sued /run/home-plain
printf 'sued ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/sued
chmod 755 /run /run/keys
chmod 644 /run/keys/root /run/keys/sued /run/keys/plain
"$(command -v sshd)" -f /dev/null -p 22 -o HostKey=/run/keys/host -o PidFile=/run/sshd.pid -o UsePAM=no -o StrictModes=no \\
  -o AuthorizedKeysFile=/run/keys/%u -o PermitRootLogin=yes -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no
"$(command -v sshd)" -f /dev/null -p 2201 -o MaxSessions=1 -o HostKey=/run/keys/host -o PidFile=/run/sshd1.pid -o UsePAM=no -o StrictModes=no \\
  -o AuthorizedKeysFile=/run/keys/%u -o PermitRootLogin=yes
cut -d' ' -f1,2 /run/keys/host.pub`;

/** Killed with us. Resolves when it is in its netns: a line of it is heard. */
const startClient = async (): Promise<{ readonly pid: number; stop(): Promise<void> }> => {
  const hold = ['unshare', '--net', 'sh', '-c', 'ip link set lo up; echo ready; exec sleep infinity'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...hold], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
};

export const CONTAINERS: readonly (readonly string[])[] = [
  ['network', 'create', '--subnet', '172.20.0.0/16', 'appnet'],
  ['run', '-d', '--name', 'web1', '-p', '8080:80', IMAGE],
  ['run', '-d', '--name', 'app1', '--network', 'appnet', '--label', 'text=$(touch /run/pwned)"\nvs end', IMAGE],
  ['run', '-d', '--name', 'none1', '--network', 'none', IMAGE],
  ['run', '-d', '--name', 'side1', '--network', 'container:app1', IMAGE, 'sleep', '1000000'],
];

/** Names that a shell, a frame or a terminal could take for something else. */
const HOSTILE = `cd /run
ip netns add 'a b;touch pwned'
ip netns add '$(touch pwned)'
cd /run/netns
nsenter '--net=a b;touch pwned' ip link add 'x;y$(z)' type veth peer name "q'q"
nsenter '--net=a b;touch pwned' ip link add "$(printf 'e\\033c\\001\\134')" type bridge
nsenter '--net=a b;touch pwned' ip link set 'x;y$(z)' alias 'netns 1 closed" \u001b[2J'`;

export const startSshLab = async (containers = CONTAINERS): Promise<SshLab> => {
  const folder = mkdtempSync(join(tmpdir(), 'vst-ssh-'));
  const path = process.env['PATH'];
  const host = await startLabHost({ docker: true, name: 'there' });
  const stops: (() => Promise<void>)[] = [];
  const stop = async (): Promise<void> => {
    for (const one of stops) await one();
    if (path !== undefined) process.env['PATH'] = path;
    rmSync(folder, { recursive: true, force: true });
    await host.stop();
  };
  try {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
    const publicKey = readFileSync(join(folder, 'key.pub'), 'utf8').trim();
    const { stdout: hostKey } = await host.run(['sh', '-c', SERVE, 'sh', publicKey]);
    writeFileSync(join(folder, 'known'), `127.0.0.1,[127.0.0.1]:2201,${FAR} ${hostKey}127.0.0.3 ${publicKey}\n`);
    const config = ['Host *', `IdentityFile ${folder}/key`, 'IdentitiesOnly yes', `UserKnownHostsFile ${folder}/known`];
    writeFileSync(join(folder, 'config'), `${config.join('\n  ')}\n  GlobalKnownHostsFile /dev/null\n`);
    const ssh = execFileSync('sh', ['-c', 'command -v ssh'], { encoding: 'utf8' }).trim();
    const lead = (near: number): void => {
      const way = `P=${host.pid}; case " $* " in *' ${FAR} '*) P=${near} ;; esac`;
      writeFileSync(
        join(folder, 'ssh'),
        `#!/bin/sh\n${way}\nexec nsenter --net=/proc/$P/ns/net ${ssh} -F ${folder}/config "$@"\n`,
      );
      chmodSync(join(folder, 'ssh'), 0o755);
    };
    lead(host.pid);
    process.env['PATH'] = `${folder}${delimiter}${path}`;
    for (const words of containers) await host.docker(...words);
    await host.run(['sh', '-c', HOSTILE]);
    const lengthen = async (): Promise<SlowWire> => {
      const client = await startClient();
      stops.push(client.stop);
      const wire = await startSlowWire({ from: client.pid, to: host.pid, delayMs: 50, loss: 0.01 });
      stops.unshift(wire.stop);
      lead(client.pid);
      return wire;
    };
    return { host, strangeAddress: '127.0.0.2', changedAddress: '127.0.0.3', lengthen, stop };
  } catch (error) {
    await stop();
    throw error;
  }
};
