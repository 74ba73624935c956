/** The network the demo plays on: a small shop, a front and a back network, every usual way a container is wired. */
import type { DemoWorld } from './story.ts';

export const shop: DemoWorld = {
  networks: [
    { name: 'front', bridge: 'br-front', gateway: '172.30.0.1', subnet: '172.30.0.0/24', icc: true },
    { name: 'back', bridge: 'br-back', gateway: '172.31.0.1', subnet: '172.31.0.0/24', icc: true },
  ],
  containers: [
    {
      name: 'web',
      image: 'shop/web',
      netns: 'own',
      endpoints: [
        { network: 'front', address: '172.30.0.2', hostEnd: 'veth5feef27', ifname: 'eth0', mac: '02:42:ac:1e:00:02' },
      ],
      process: 'nginx',
      listens: { port: 80 },
      published: { hostPort: 8080, containerPort: 80 },
    },
    {
      name: 'api',
      image: 'shop/api',
      netns: 'own',
      endpoints: [
        { network: 'front', address: '172.30.0.3', hostEnd: 'veth9a1c0d2', ifname: 'eth0', mac: '02:42:ac:1e:00:03' },
        { network: 'back', address: '172.31.0.2', hostEnd: 'veth77e0f11', ifname: 'eth1', mac: '02:42:ac:1f:00:02' },
      ],
      process: 'api',
      listens: { port: 3000 },
    },
    {
      name: 'db',
      image: 'shop/postgres',
      netns: 'own',
      endpoints: [
        { network: 'back', address: '172.31.0.3', hostEnd: 'veth01b2c3d', ifname: 'eth0', mac: '02:42:ac:1f:00:03' },
      ],
      process: 'postgres',
      listens: { port: 5432 },
    },
    {
      name: 'cache',
      image: 'shop/redis',
      netns: 'own',
      endpoints: [
        { network: 'back', address: '172.31.0.4', hostEnd: 'vethc4c4e55', ifname: 'eth0', mac: '02:42:ac:1f:00:04' },
      ],
      process: 'redis-server',
      listens: { port: 6379 },
    },
    { name: 'metrics', image: 'shop/metrics', netns: { of: 'api' }, endpoints: [], process: 'metrics' },
    {
      name: 'exporter',
      image: 'shop/exporter',
      netns: 'host',
      endpoints: [],
      process: 'exporter',
      listens: { port: 9100 },
    },
    { name: 'backup', image: 'shop/backup', netns: 'own', endpoints: [], process: 'backup' },
  ],
  userRules: [],
  breaks: [],
  probeOn: 'front',
};
