import { describe, expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import { parseSshConnection } from '../../src/host/state/ssh-connection.ts';
import { judgeSsh } from '../../src/session/judge-ssh.ts';
import { loadRecording } from '../support/load-recording.ts';

test('sshd says who is connected to where', () => {
  expect(parseSshConnection('198.51.100.7 50000 10.77.0.11 22')).toEqual({
    client: '198.51.100.7',
    server: '10.77.0.11',
  });
  expect(parseSshConnection(undefined)).toBeUndefined();
  expect(parseSshConnection('x')).toBeUndefined();
});

describe('a session that comes in by eth0', async () => {
  const graph = buildGraph([await loadRecording('docker-28-standard')]);
  const host = [...graph.netns.values()].find(({ facts }) => facts.isHost)!;
  const [eth0] = host.links.flatMap((id) => graph.links.get(id) ?? []).filter(({ facts }) => facts.ifname === 'eth0');
  const server = eth0?.addresses.find(({ family }) => family === 'inet')?.local ?? '';
  const judge = (line: string, cutsConnection = false, netns?: string) =>
    judgeSsh(
      graph,
      host,
      {
        n: 1,
        title: '',
        changes: '',
        scope: 'host',
        risk: '',
        riskLevel: 'low',
        persistence: '',
        undo: [],
        automatic: true,
        steps: [],
        cutsConnection,
        commands: [{ argv: line.split(' '), ...(netns === undefined ? {} : { netns }) }],
      },
      { client: '198.51.100.7', server },
    );

  test.each([
    'ip link set dev eth0 down',
    'ip link set dev eth0 mtu 1400',
    'ip link set dev eth0 master br-app',
    `ip addr del ${server}/24 dev eth0`,
    'ip route add 198.51.100.0/24 via 10.77.0.9',
    'ip route replace default via 10.77.0.9',
    'iptables -w -I INPUT 1 -j DROP',
    'iptables -w -D INPUT -s 198.51.100.0/24 -j ACCEPT',
    'tc qdisc add dev eth0 root netem loss 50%',
  ])('could be cut by %s', (line) => {
    expect(judge(line)).toMatchObject({ cuts: true });
    expect(judge(line).why).toContain('comes in by eth0');
  });

  test.each([
    'ip link set dev br-app down',
    'ip link set dev eth0 up',
    'ip route add 172.30.0.0/16 via 10.77.0.9',
    'iptables -w -I DOCKER-USER 1 -s 198.51.100.0/24 -j DROP',
    'iptables -w -I INPUT 1 -i br-app -j DROP',
    'iptables -w -I INPUT 1 -s 203.0.113.0/24 -j DROP',
    'sysctl -w net.ipv4.ip_forward=1',
    'sysctl -w net.ipv4.conf.br-app.rp_filter=2',
  ])('is safe from %s, whatever is said of it', (line) => {
    expect(judge(line, true)).toMatchObject({ cuts: false });
  });

  test('is safe from what is done in a container', () => {
    expect(judge('ip link set dev eth0 down', true, 'x|4:1')).toMatchObject({ cuts: false });
  });

  test('where it cannot be told, what is said of it counts', () => {
    expect(judge('ip rule add pref 9 lookup 100', true)).toMatchObject({ cuts: true });
    expect(judge('ip rule add pref 9 lookup 100', false)).toMatchObject({ cuts: false });
  });
});
