/** The standard scenario: every way Docker wires a container on one host, and wires that Docker knows nothing of. */
import { IMAGE } from '../lab/daemon.ts';
import type { Scenario, Step } from './scenario.ts';

const OPTION = 'com.docker.network.bridge';

const network = (name: string, ...options: readonly string[]): Step => [
  'docker',
  'network',
  'create',
  ...options,
  name,
];
const container = (name: string, ...options: readonly string[]): Step => [
  'docker',
  'run',
  '-d',
  '--name',
  name,
  ...options,
  IMAGE,
];
const connect = (net: string, name: string): Step => ['docker', 'network', 'connect', net, name];

/** Needs a host that is plugged into a LAN (10.77.0.0/24) with its eth0. */
export const standard: Scenario = {
  id: 'standard',
  title: 'a host with containers of every mode',
  build: [
    network('appnet', '--subnet', '172.20.0.0/16', '--gateway', '172.20.0.1', '-o', `${OPTION}.name=br-app`),
    network('noicc', '--subnet', '172.21.0.0/16', '-o', `${OPTION}.enable_icc=false`, '-o', `${OPTION}.name=br-noicc`),
    network('inner', '--internal', '--subnet', '172.22.0.0/16'),
    network(
      'nomasq',
      ...['--subnet', '172.23.0.0/16', '-o', `${OPTION}.enable_ip_masquerade=false`],
      ...['-o', 'com.docker.network.driver.mtu=1400', '-o', `${OPTION}.name=br-nomasq`],
    ),
    network('six', '--subnet', '172.24.0.0/16', '--ipv6', '--subnet', 'fd00:24::/64'),
    network(
      'lanmv',
      ...['-d', 'macvlan', '--subnet', '10.77.0.0/24', '--gateway', '10.77.0.1', '--ip-range', '10.77.0.128/30'],
      ...['-o', 'parent=eth0'],
    ),
    container('web1', '-p', '8080:80', '-p', '127.0.0.1:8081:80', '-p', '5353:53/udp'),
    container('plain1'),
    container('app1', '--network', 'appnet', '--network-alias', 'api', '-p', '8082:80'),
    container('app2', '--network', 'appnet'),
    ['docker', 'run', '-d', '--name', 'side1', '--network', 'container:app1', IMAGE, 'sleep', '1000000'],
    container('ni1', '--network', 'noicc'),
    container('ni2', '--network', 'noicc'),
    container('in1', '--network', 'inner'),
    container('nm1', '--network', 'nomasq'),
    container('six1', '--network', 'six', '-p', '8083:80'),
    [
      'docker',
      'run',
      '-d',
      '--name',
      'host1',
      '--network',
      'host',
      IMAGE,
      'sh',
      '-c',
      'httpd -p 8090 -h /www; exec sleep 1000000',
    ],
    container('none1', '--network', 'none'),
    container('mv1', '--network', 'lanmv'),
    container('multi1', '--network', 'appnet'),
    connect('inner', 'multi1'),
    connect('bridge', 'multi1'),
    container('stopped1', '--network', 'appnet'),
    ['docker', 'stop', '-t', '0', 'stopped1'],
    // A netns of somebody's own, on Docker's bridge.
    ['ip', 'netns', 'add', 'byhand'],
    ['ip', 'link', 'add', 'vbyhand', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'byhand'],
    ['ip', 'link', 'set', 'vbyhand', 'master', 'br-app', 'up'],
    ['ip', '-n', 'byhand', 'addr', 'add', '172.20.99.1/16', 'dev', 'eth0'],
    ['ip', '-n', 'byhand', 'link', 'set', 'eth0', 'up'],
    // A pair between two containers, and one from a container to a netns that hangs below it: neither end is the host's.
    ['ip', 'link', 'add', 'xapp', 'netns', '@app2', 'type', 'veth', 'peer', 'name', 'xnone', 'netns', '@none1'],
    ['ip', 'netns', 'add', 'below'],
    ['ip', 'link', 'add', 'nested0', 'netns', '@none1', 'type', 'veth', 'peer', 'name', 'eth0', 'netns', 'below'],
  ],
  ask: [
    { args: ['locate', 'web1'], expect: { matches: [{ kind: 'container', bridge: { ifname: 'docker0' } }] } },
    {
      args: ['locate', '172.20.99.1'],
      expect: { matches: [{ peer: { ifname: 'vbyhand' }, bridge: { ifname: 'br-app' } }] },
    },
    { args: ['locate', 'nobody-of-that-name'], code: 1, expect: { matches: [] } },
  ],
};
