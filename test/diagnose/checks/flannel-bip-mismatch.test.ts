/** flannel-bip-mismatch: what it finds between two hosts, and what it must not be confused with. */
import { flannelBipMismatch } from '../../../src/diagnose/checks/flannel-bip-mismatch.ts';
import { type HostDraft, testHostsCheck } from '../two-hosts.ts';

const dockerAt = ({ host }: HostDraft, address: string): void => {
  host.addresses!.find((entry) => entry.ifname === 'docker0')!.addr_info[0]!.local = address;
};

testHostsCheck(flannelBipMismatch, {
  wiring: 'flannel',
  finds: {
    'docker0 has a subnet of its own': ({ b }) => dockerAt(b, '172.17.0.1'),
  },
  ignores: {
    'a CNI bridge holds the subnet': ({ b }) => {
      dockerAt(b, '172.17.0.1');
      b.host.links!.push({ ...structuredClone(b.link('docker0')), ifindex: 9, ifname: 'cni0' });
      b.host.addresses!.push({
        ifindex: 9,
        ifname: 'cni0',
        addr_info: [{ family: 'inet', local: '10.244.2.1', prefixlen: 24, scope: 'global' }],
      });
    },
    'docker0 has nobody on it': ({ b }) => {
      dockerAt(b, '172.17.0.1');
      delete b.link('vethweb').master;
    },
  },
});
