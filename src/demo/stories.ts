/** The stories of the demo: a small shop, whole or broken in one place, and other ways its containers may be wired. */
import { calicoHosts } from './calico-hosts.ts';
import { flannelHosts } from './flannel-hosts.ts';
import { pipeworkWorld } from './pipework-world.ts';
import { shop } from './shop.ts';
import type { DemoContainer, DemoHost, DemoWorld, Story } from './story.ts';
import { weaveWorld } from './weave-world.ts';

const one = (world: DemoWorld): readonly DemoHost[] => [{ name: 'demo', address: '10.99.0.2', world }];

const withContainer = (name: string, change: Partial<DemoContainer>): readonly DemoContainer[] =>
  shop.containers.map((container) => (container.name === name ? { ...container, ...change } : container));

export const stories: readonly Story[] = [
  {
    id: 'healthy',
    title: 'a small shop where everything works',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    hosts: one(shop),
  },
  {
    id: 'veth-down',
    title: 'the api has lost its database',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    hosts: one({ ...shop, breaks: ['link set dev veth01b2c3d down'] }),
  },
  {
    id: 'icc-off',
    title: 'containers on the back network cannot talk to each other',
    ask: { from: 'api', to: 'cache:6379' },
    needs: ['iptables', 'br_netfilter'],
    hosts: one({ ...shop, networks: shop.networks.map((net) => (net.name === 'back' ? { ...net, icc: false } : net)) }),
  },
  {
    id: 'rule-drop',
    title: 'nobody outside reaches the web shop',
    ask: { from: 'outside', to: 'host:8080' },
    needs: ['iptables'],
    hosts: one({ ...shop, userRules: ['-i eth0 -p tcp -m tcp --dport 80 -j DROP'] }),
  },
  {
    id: 'loopback-only',
    title: 'the database refuses every connection',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    hosts: one({ ...shop, containers: withContainer('db', { listens: { port: 5432, address: '127.0.0.1' } }) }),
  },
  {
    id: 'pipework',
    title: 'containers that pipework has plugged into a bridge do not reach each other',
    ask: { from: 'scale', to: 'printer:631' },
    needs: ['iptables', 'br_netfilter', 'macvlan'],
    hosts: one(pipeworkWorld),
  },
  {
    id: 'weave',
    title: 'containers on Weave Net: the api has lost the database, but not the cache',
    ask: { from: 'api', to: 'db:5432' },
    needs: ['iptables'],
    hosts: one(weaveWorld),
  },
  {
    id: 'overlay-entry',
    title: 'two hosts joined by flannel: the api has lost the database on the other host',
    ask: { from: 'api', to: 'db:5432' },
    needs: ['iptables', 'vxlan'],
    hosts: flannelHosts({ remoteOfB: '10.99.0.13' }),
  },
  {
    id: 'bgp-lost',
    title: 'two hosts routed by Calico: containers of one do not reach those of the other',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    hosts: calicoHosts({ alone: 'node-a' }),
  },
  {
    id: 'tunnel-mtu',
    title: 'two hosts joined by flannel: small answers arrive, large ones never do',
    ask: { from: 'api', to: 'db:5432' },
    needs: ['iptables', 'vxlan'],
    hosts: flannelHosts({ narrowWire: 1400 }),
  },
];

export const findStory = (id: string): Story | undefined => stories.find((story) => story.id === id);
