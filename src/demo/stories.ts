/** The stories of the demo: the same shop, whole, or broken in one place. */
import { shop } from './shop.ts';
import type { DemoContainer, Story } from './story.ts';

const withContainer = (name: string, change: Partial<DemoContainer>): readonly DemoContainer[] =>
  shop.containers.map((one) => (one.name === name ? { ...one, ...change } : one));

export const stories: readonly Story[] = [
  {
    id: 'healthy',
    title: 'a small shop where everything works',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    world: shop,
  },
  {
    id: 'veth-down',
    title: 'the api has lost its database',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    world: { ...shop, breaks: ['link set dev veth01b2c3d down'] },
  },
  {
    id: 'icc-off',
    title: 'containers on the back network cannot talk to each other',
    ask: { from: 'api', to: 'cache:6379' },
    needs: ['iptables', 'br_netfilter'],
    world: { ...shop, networks: shop.networks.map((one) => (one.name === 'back' ? { ...one, icc: false } : one)) },
  },
  {
    id: 'rule-drop',
    title: 'nobody outside reaches the web shop',
    ask: { from: 'outside', to: 'host:8080' },
    needs: ['iptables'],
    world: { ...shop, userRules: ['-i eth0 -p tcp -m tcp --dport 80 -j DROP'] },
  },
  {
    id: 'loopback-only',
    title: 'the database refuses every connection',
    ask: { from: 'api', to: 'db:5432' },
    needs: [],
    world: { ...shop, containers: withContainer('db', { listens: { port: 5432, address: '127.0.0.1' } }) },
  },
];

export const findStory = (id: string): Story | undefined => stories.find((story) => story.id === id);
