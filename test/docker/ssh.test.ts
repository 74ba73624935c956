/** Another machine over a real sshd: the same answers as there, changes that end with their line, nothing left behind. */
import { afterAll, beforeAll, expect, vi } from 'vitest';
import { collectInStages } from '../../src/collect/collect-in-stages.ts';
import type { CaptureEvent } from '../../src/host/capture/capture-order.ts';
import type { HostEvent } from '../../src/host/host.ts';
import { parseSshAddress } from '../../src/host/ssh/line/ssh-address.ts';
import { openSshHost, type SshHost } from '../../src/host/ssh-host.ts';
import { IMAGE } from '../lab/daemon.ts';
import { FAR } from '../lab/slow-wire.ts';
import { requires } from '../support/requires.ts';
import { runMain } from '../support/run-main.ts';
import { type Resident, startResident } from './resident.ts';
import { type SshLab, startSshLab } from './ssh-host.ts';

const { describe, test } = requires('docker', 'tool:sshd', 'tool:sudo', 'tool:ssh', 'kernel:tun');

const limits = { timeout: 60_000, interval: 200 } as const;

const open = async (user: string, at = '127.0.0.1'): Promise<SshHost> => {
  const address = parseSshAddress(`ssh://${user}@${at}`);
  if ('error' in address) throw new Error(address.error);
  return openSshHost({ address });
};

describe('another machine over SSH', () => {
  let lab: SshLab;
  let there: Resident;
  const shell = async (script: string): Promise<string> =>
    (await lab.host.run(['sh', '-c', script], { mayFail: true })).stdout.trim();

  beforeAll(async () => {
    lab = await startSshLab();
    there = startResident(lab.host);
  });
  afterAll(async () => {
    await there?.stop();
    await lab?.stop();
  });

  /** In any order. */
  const rows = (text: string): readonly string[] =>
    (JSON.parse(text) as { readonly rows: readonly unknown[] }).rows.map((row) => JSON.stringify(row)).sort();

  test.each([
    ['root', ['containers', 'links', 'networks', 'ports', 'routes', 'rules']],
    ['sued', ['links', 'rules']],
  ] as const)('is told as it tells itself, to user %s', async (user, kinds) => {
    for (const kind of kinds) {
      const local = await there.ask('list', kind, '--json');
      const remote = await runMain(['-H', `ssh://${user}@127.0.0.1`, 'list', kind, '--json']);
      expect(remote.code, remote.stderr).toBe(local.code);
      expect(rows(remote.stdout)).toEqual(rows(local.stdout));
    }
  });

  test('has the same paths as it has for itself', async () => {
    const ask = ['trace', 'web1', 'app1:80', '--json'];
    const local = JSON.parse((await there.ask(...ask)).stdout);
    const remote = JSON.parse((await runMain(['-H', 'ssh://root@127.0.0.1', ...ask])).stdout);
    expect(remote.outcome).toBe(local.outcome);
    expect(remote.request).toEqual(local.request);
  });

  test('tells a user without sudo what he cannot see, and never less', async () => {
    const { stdout } = await runMain(['-H', 'ssh://plain@127.0.0.1', 'list', 'links', '--json']);
    const { gaps, rows: links } = JSON.parse(stdout);
    expect(links.length).toBeGreaterThan(1);
    expect(gaps).toContainEqual(expect.objectContaining({ source: 'sudo on there', reason: 'forbidden' }));
  });

  test('says what to do instead where nothing can be watched over a line', async () => {
    const { code, stderr } = await runMain(['-H', 'ssh://root@127.0.0.1', 'watch', 'web1', 'app1:80']);
    expect(stderr).toMatch(/reached over SSH.*run vethscope on that host, or copy its packets/s);
    expect(code).toBe(3);
  });

  test('says in one line why it cannot be reached', async () => {
    const cases = [
      ['ssh://root@127.0.0.1:9', /^vethscope: ssh:\/\/root@127\.0\.0\.1:9: .*Connection refused \(.*\)\n$/],
      ['ssh://nobody@127.0.0.1', /^vethscope: ssh:\/\/nobody@127\.0\.0\.1: .*Permission denied.*\n$/],
      [
        `ssh://root@${lab.strangeAddress}`,
        /^vethscope: ssh:\/\/root@127\.0\.0\.2: Host key verification failed \(.*\)\n$/,
      ],
      [
        `ssh://root@${lab.changedAddress}`,
        /^vethscope: ssh:\/\/root@127\.0\.0\.3: REMOTE HOST IDENTIFICATION HAS CHANGED \(its key is not the one known: .*\)\n$/,
      ],
      ['ssh://no.such.host.invalid', /^vethscope: ssh:\/\/no\.such\.host\.invalid: Could not resolve hostname .*\n$/],
    ] as const;
    for (const [address, line] of cases) {
      const { code, stderr } = await runMain(['-H', address, 'list']);
      expect(stderr).toMatch(line);
      expect(code).toBe(3);
    }
  });

  test('takes a change back by itself when the line is cut in the middle of it', async () => {
    const forward = 'cat /proc/sys/net/ipv4/ip_forward';
    expect(await shell(forward)).toBe('1');
    const host = await open('root');
    try {
      const set = (value: number) => ({ argv: ['sysctl', '-w', `net.ipv4.ip_forward=${value}`] });
      const guard = await host.guard({ id: 'c0ffee', seconds: 600, revert: [set(1)] });
      expect(guard).not.toHaveProperty('error');
      expect((await host.change(set(0))).exitCode).toBe(0);
      expect(await shell(forward)).toBe('0');
      await shell('kill -9 $(pgrep -f "sshd: root@notty")');
      await vi.waitFor(async () => expect(await shell(forward)).toBe('1'), limits);
      // The line comes back by itself, and whoever asks is told what became of the change.
      await vi.waitFor(async () => expect(await host.settleGuard('c0ffee')).toBe('reverted'), limits);
    } finally {
      await host.close();
    }
  });

  test('is read in one round trip over a long line that loses packets, and takes a change back when that falls silent', async () => {
    const forward = 'cat /proc/sys/net/ipv4/ip_forward';
    const wire = await lab.lengthen();
    const host = await open('root', FAR);
    try {
      const asked: string[] = [];
      host.onAsked(({ what }) => asked.push(what));
      let firstTook: number | undefined;
      const { netns } = await collectInStages(host, {}, ({ engines }) => {
        if (engines.length > 0) firstTook ??= asked.length;
      });
      expect(firstTook).toBe(1);
      expect(netns.find(({ isHost }) => isHost)?.links?.map(({ ifname }) => ifname)).toContain('docker0');

      const set = (value: number) => ({ argv: ['sysctl', '-w', `net.ipv4.ip_forward=${value}`] });
      expect(await host.guard({ id: 'fade', seconds: 20, revert: [set(1)] })).not.toHaveProperty('error');
      await host.change(set(0));
      wire.cut();
      await vi.waitFor(async () => expect(await shell(forward)).toBe('1'), limits);
      wire.mend();
      await vi.waitFor(async () => expect(await host.settleGuard('fade')).toBe('reverted'), limits);
    } finally {
      await host.close();
      await wire.stop();
    }
  });

  test('is read by one session alone, and says so where more are refused: then nothing is changed there', async () => {
    const host = await open('root', '127.0.0.1:2201');
    try {
      const { value = [] } = await host.ask({ about: 'netns', parts: ['links'] });
      expect(value.length).toBeGreaterThan(1);
      const refused = expect.stringContaining('takes no more sessions over one connection (raise MaxSessions');
      expect(await host.guard({ id: 'alone', seconds: 60, revert: [] })).toEqual({ error: refused });
      expect(await host.change({ argv: ['true'] })).toMatchObject({ exitCode: 255, stderr: refused });
      expect(await shell('ls -A /var/lib/vethscope 2>/dev/null | grep -c guard-alone')).toBe('0');
    } finally {
      await host.close();
    }
  });

  test('lets a change be that was kept in time', async () => {
    const host = await open('sued');
    try {
      const guard = await host.guard({ id: 'beef', seconds: 600, revert: [{ argv: ['touch', '/run/was-reverted'] }] });
      if ('error' in guard) throw new Error(guard.error);
      expect(await guard.wait()).toBe(true);
      expect(await host.settleGuard('beef')).toBe('kept');
      expect(await host.settleGuard('beef')).toBe('unknown');
      expect(await shell('ls /run/was-reverted /var/lib/vethscope | grep -c guard-beef')).toBe('0');
    } finally {
      await host.close();
    }
  });

  test('is followed: links and containers show as they come and go', async () => {
    const host = await open('root');
    const events: HostEvent[] = [];
    try {
      await host.ask({ about: 'netns', parts: ['links', 'addresses', 'ruleset'] });
      const engines = [{ kind: 'docker' as const, socket: '/var/run/docker.sock' }];
      const following = await host.follow({ parts: ['links'], engines }, (news) => events.push(...news));
      // Nothing tells when those who listen over there have begun: what is made again and again is heard at last.
      await vi.waitFor(async () => {
        await shell('ip link del vs-new 2>/dev/null; ip link add vs-new type bridge');
        expect(JSON.stringify(events.filter(({ kind }) => kind === 'facts'))).toContain('vs-new');
      }, limits);
      await lab.host.docker('run', '-d', '--name', 'late', IMAGE);
      await vi.waitFor(() => {
        expect(events.map(({ kind }) => kind)).toContain('netns-appeared');
        expect(events.filter((event) => event.kind === 'engine' && event.action === 'start')).toHaveLength(1);
      }, limits);
      await following.stop();
    } finally {
      await lab.host.docker('rm', '-f', 'late').catch(() => {});
      await shell('ip link del vs-new');
      await host.close();
    }
  });

  test('copies packets there, as long as the line stands', async () => {
    const host = await open('sued');
    const events: CaptureEvent[] = [];
    const readers = () => shell('pgrep -c -x tcpdump');
    const seen = () => events.flatMap((event) => (event.kind === 'packets' ? event.packets : []));
    try {
      const { value = [] } = await host.ask({ about: 'netns', parts: ['links', 'addresses'] });
      const inode = await shell('stat -Lc %i /proc/$(docker inspect -f "{{.State.Pid}}" web1)/ns/net');
      const there = value.find((one) => one.inode === Number(inode));
      const links = there?.links?.filter(({ ifname }) => ifname === 'eth0') ?? [];
      const taps = links.map(({ ifindex, ifname }) => ({ netns: there!.id, ifindex, ifname }));
      expect(taps).toHaveLength(1);
      const order = { taps, filter: 'icmp', snapLength: 96, promiscuous: false };
      const run = await host.capture(order, (event) => events.push(event));
      if ('error' in run) throw new Error(run.error);
      expect(events[0]).toMatchObject({ kind: 'ready', tap: 0, linkType: 1, reader: 'tcpdump' });
      const address = await shell('docker inspect -f "{{.NetworkSettings.IPAddress}}" web1');
      expect(await shell(`busybox ping -c 2 ${address} >/dev/null && echo answered`)).toBe('answered');
      await vi.waitFor(() => expect(seen()).toHaveLength(4), limits);
      expect(seen().map(({ length }) => length)).toEqual([98, 98, 98, 98]);
      await run.stop();
      expect(events.at(-1)).toEqual({ kind: 'ended', tap: 0, counts: { received: 4, dropped: 0 } });

      const next = await host.capture(order, () => {});
      expect(next).not.toHaveProperty('error');
      expect(await readers()).toBe('1');
    } finally {
      await host.close();
    }
    await vi.waitFor(async () => expect(await readers()).toBe('0'), limits);
  });

  test('copies packets on two connections as one capture, and says how their clocks stand', async () => {
    const address = await shell('docker inspect -f "{{.NetworkSettings.IPAddress}}" web1');
    const ends = ['-H', 'ssh://root@127.0.0.1', '-H', 'ssh://sued@127.0.0.1'];
    const points = ['there/web1/eth0', 'there~2/docker0'];
    let isOver = false;
    const running = runMain([...ends, 'capture', ...points, '-f', 'icmp', '--duration', '8s', '--json']);
    void running.finally(() => {
      isOver = true;
    });
    // Each echo and its answer pass both points; when the readers are ready nobody says.
    await vi.waitFor(
      async () => {
        await shell(`busybox ping -c 1 ${address}`);
        expect(isOver).toBe(true);
      },
      { timeout: 120_000, interval: 200 },
    );
    const { code, stdout, stderr } = await running;
    expect(code, stderr).toBe(0);
    const document = JSON.parse(stdout);
    expect(document.points.map(({ name }: { name: string }) => name)).toEqual(points);
    for (const { clock, packets } of document.points) {
      // One machine's clock is never certainly another.
      expect(clock).toMatchObject({ moved: false });
      expect(packets).toBeGreaterThan(0);
    }
    const seenAt = document.flows.flatMap(({ sightings }: { sightings: { point: string }[] }) =>
      sightings.map(({ point }) => point),
    );
    expect(new Set(seenAt)).toEqual(new Set(points));
  });

  test('is left as it was: no process, mount, file or number stays, and no name there was taken for a command', async () => {
    const state = () =>
      shell(
        'grep -c . /proc/self/mountinfo; ip netns list-id; ls -A /tmp /run /run/netns /var/lib; pgrep -c "ip|nft|curl|setsid"; ls -A / /root | grep -c pwned',
      );
    const before = await state();
    const host = await open('root');
    await host.ask({ about: 'netns', parts: ['links'] });
    await host.close();
    await vi.waitFor(async () => expect(await state()).toBe(before), limits);
    expect(await shell('ls -A / /root /run /run/home-sued | grep -x pwned')).toBe('');
  });
});
