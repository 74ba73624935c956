/** A Docker engine inside a lab host, at the standard paths, with the one image the tests use. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { LabHost } from './lab-host.ts';

/** Keys of daemon.json. */
export type DaemonOptions = Readonly<Record<string, unknown>>;

/** A busybox root with a web page; serves it on port 80 unless told another command. */
export const IMAGE = 'box';

/** `setsid` and closed streams: the engine is adopted by the host's process 1 and does not end with this call. */
const START =
  '(setsid dockerd --cgroup-parent "/$0"; echo "exit $?" >/run/dockerd.exit) </dev/null >>/run/dockerd.log 2>&1 &';

/** Made from the host's own busybox, so no registry is asked. */
const MAKE_IMAGE = `set -e
mkdir -p /run/box/bin /run/box/www /run/box/etc /run/box/tmp
cd /run/box
cp "$(command -v busybox)" bin/busybox
for applet in $(busybox --list); do [ "$applet" = busybox ] || ln -s busybox "bin/$applet"; done
echo 'root:x:0:0:root:/root:/bin/sh' >etc/passwd
echo 'hello from a container' >www/index.html
tar c . | docker import -c 'CMD ["sh","-c","httpd -p 80 -h /www; exec sleep 1000000"]' - "$0"`;

export const startDaemon = async (host: LabHost, cgroup: string, options: DaemonOptions): Promise<void> => {
  await host.run(['tee', '/etc/docker/daemon.json'], { stdin: JSON.stringify(options) });
  await host.run(['sh', '-c', START, cgroup]);
  for (let tries = 0; ; tries += 1) {
    const version = await host.run(['docker', 'version', '--format', '{{.Server.Version}}'], { mayFail: true });
    if (version.code === 0) break;
    const exited = await host.run(['test', '-e', '/run/dockerd.exit'], { mayFail: true });
    if (exited.code === 0 || tries === 200) {
      const log = await host.run(['tail', '-n', '20', '/run/dockerd.log'], { mayFail: true });
      throw new Error(`the engine did not start: ${log.stdout}`);
    }
    await sleep(100);
  }
  await host.run(['sh', '-c', MAKE_IMAGE, IMAGE]);
};
