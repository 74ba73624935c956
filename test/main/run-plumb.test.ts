import { expect, test } from 'vitest';
import { recordingPath } from '../support/load-recording.ts';
import { runMain } from '../support/run-main.ts';

const host = ['--recording', recordingPath('docker-28-standard')];
const plumb = (line: string) => runMain(['plumb', ...line.split(' '), ...host]);

test.each([
  ['attach app1 br-app --address 172.20.0.99/16', 'ip addr add 172.20.0.99/16 dev eth1'],
  ['attach app1 eth0 --vlan 20', 'ip link add link eth0 name eth0.20 type vlan id 20'],
  ['shim mv1 --address 10.77.0.98', 'ip link add link eth0 name vsshim0 type macvlan mode bridge'],
  ['block web1:80 --source 198.51.100.0/24', 'iptables -w -I DOCKER-USER 1 -s 198.51.100.0/24 -d 172.17.0.2 -p tcp'],
  ['allow web1:53/udp', '-p udp -m udp --dport 53 -j RETURN'],
  ['route 172.30.0.0/16 10.77.0.1', 'ip route add 172.30.0.0/16 via 10.77.0.1'],
  ['mss eth0', '-j TCPMSS --clamp-mss-to-pmtu'],
  ['mtu br-app 1400', 'ip link set dev br-app mtu 1400'],
])('plumb %s shows what it would run', async (line, command) => {
  const { code, stdout } = await plumb(line);
  expect(code).toBe(0);
  expect(stdout).toContain(command);
  expect(stdout).toContain('undo  ');
});

test('both ends of a veth get the same MTU', async () => {
  const { stdout } = await plumb('mtu app1/eth0 1400');
  expect(stdout.match(/ run .* mtu 1400$/gm)).toHaveLength(2);
});

test.each([
  ['attach app1 nobridge', 'nobridge: no link of the host has that name'],
  ['attach nobody br-app', 'nobody: '],
  ['attach app1 br-app --ifname eth0', 'app1 has such a link already'],
  ['plug eth0 br-nothing', 'br-nothing: no link'],
  ['shim app1 --address 10.77.0.98', 'app1: has no macvlan link'],
  ['shim mv1', '--address: is missing'],
  ['attach app1 br-app --address 172.20.0.3/16', '172.20.0.3/16: is the address of app2/eth0 already'],
  ['attach app1 br-app --address 10.1.0.2/24 --gateway 10.2.0.1', '10.2.0.1: is not in the subnet'],
])('plumb %s cannot be done, and says why', async (line, why) => {
  const { code, stderr } = await plumb(line);
  expect(code).toBe(1);
  expect(stderr).toContain(why);
});

test.each([
  'route somewhere 10.77.0.1',
  'route 172.30.0.0/16',
  'mtu eth0 12345678',
  'attach app1 br-app --mac zz',
  'attach app1 br-app --mac 01:00:00:00:00:01',
  'route 172.30.0.0/16 10.77.0.1 --vlan 3',
  'attach app1 br-app --address 1.2.3.4/99',
  'attach app1 br-app --ifname -x',
  'attach app1 br-app --vlan 5000',
  'frobnicate app1',
])('plumb %s is wrong usage', async (line) => {
  expect((await plumb(line)).code).toBe(2);
});
