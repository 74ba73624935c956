/** Stories of systems that a demo cannot build: they need a kernel's or a daemon's help that few machines have. Real hosts, written down. */
import type { Told } from './story.ts';

export interface RecordedStory extends Told {
  /** Of its hosts, in `recordings/`. */
  readonly recordings: readonly string[];
}

export const recordedStories: readonly RecordedStory[] = [
  {
    id: 'swarm',
    title: 'two hosts of a swarm: containers reach each other through an overlay network',
    ask: { from: 'ov1', to: 'ov2' },
    recordings: ['swarm-node-a', 'swarm-node-b'],
  },
  {
    id: 'ipvlan',
    title: 'a container on an ipvlan of the uplink does not reach the host it runs on',
    ask: { from: 'iv1', to: 'host' },
    recordings: ['ipvlan'],
  },
  {
    id: 'vlan',
    title: 'a container in VLAN 50 of a trunk: what leaves the host, and with which tag',
    ask: { from: 'vl1', to: '192.168.50.12' },
    recordings: ['vlan'],
  },
  {
    id: 'open-vswitch',
    title: 'containers that pipework plugged into Open vSwitch do not all reach each other',
    ask: { from: 'aa', to: 'cc' },
    recordings: ['open-vswitch'],
  },
];
