/** Links and namespaces get their maker from what an engine and the kernel vouch for; a name alone is called that. */
import { expect, test } from 'vitest';
import { buildGraph } from '../../src/graph/build-graph.ts';
import type { Endpoint } from '../../src/model/container.ts';
import { type LinkId, linkId } from '../../src/model/ids.ts';
import { labelLink, labelNetns, labelRoute } from '../../src/systems/labels.ts';
import {
  inode,
  ipv4,
  makeBridge,
  makeContainer,
  makeEngine,
  makeLink,
  makeLo,
  makeNetns,
  makeNetwork,
  makePort,
  makeSnapshot,
  makeVeth,
  nsids,
} from '../graph/make-snapshot.ts';

const app = makeNetwork('app', { fullId: '1a2b3c4d5e6f'.padEnd(64, '0') });
const endpoint: Endpoint = {
  network: 'app',
  networkId: app.fullId,
  ipv4: '172.18.0.2',
  mac: '02:42:ac:12:00:02',
  aliases: [],
};
const web = makeContainer('web', 100, { endpoints: [endpoint] });

const graph = buildGraph([
  makeSnapshot(
    [
      makeNetns(
        1,
        [
          makeLo(),
          makeBridge(2, 'br-1a2b3c4d5e6f'),
          makePort(3, 'veth1234567', 2, 0, 'br-1a2b3c4d5e6f'),
          makeBridge(4, 'br-ffffffffffff'),
          makeVeth(5, 'veth1pl100', 3, 0),
          makeVeth(6, 'veth1pl999', 9, -1),
          makeLink(7, 'eth0'),
          makeLink(8, 'flannel.1', {
            linkinfo: { info_kind: 'vxlan', info_data: { id: 1, port: 8472, learning: false } },
          }),
          makeLink(9, 'flannel.7', {
            linkinfo: { info_kind: 'vxlan', info_data: { id: 7, port: 4789, learning: true } },
          }),
        ],
        { isHost: true, nsids: nsids(100) },
      ),
      makeNetns(
        100,
        [
          makeLo(),
          makeVeth(2, 'eth0', 3, 0, { address: '02:42:ac:12:00:02' }),
          makeVeth(3, 'eth1', 5, 0, { address: '02:00:00:00:00:09' }),
        ],
        { nsids: nsids(1), addresses: [{ ifindex: 2, ifname: 'eth0', addr_info: [ipv4('172.18.0.2', 16)] }] },
      ),
      makeNetns(200, [makeLo()], {
        names: ['docker/1-1a2b3c4d5e'],
        holders: [{ kind: 'mount', path: '/run/docker/netns/1-1a2b3c4d5e' }],
      }),
      makeNetns(300, [makeLo()], { names: ['docker/ingress_sbox'], holders: [] }),
      makeNetns(400, [makeLo()], { names: ['lab-net'], holders: [] }),
    ],
    [makeEngine([web], [app])],
  ),
]);

const said = (id: LinkId) => {
  const label = labelLink(graph, id);
  return label === undefined ? '-' : `${label.madeBy} (${label.certainty}): ${label.purpose}`;
};
const host = (ifindex: number) => said(linkId(inode(1), ifindex));

test('a bridge belongs to the network the engine says it carries', () => {
  expect(host(2)).toBe('Docker (certain): bridge of network app');
});

test('a bridge that only has the name of a Docker bridge is not called Docker’s for sure', () => {
  expect(host(4)).toBe('Docker (name only): named like the bridge of a Docker network that no visible engine has');
});

test('both ends of a container’s veth say whose they are', () => {
  expect(host(3)).toBe("Docker (certain): host end of web's eth0 (network app)");
  expect(said(linkId(inode(100), 2))).toBe("Docker (certain): web's link on network app");
});

test('a link pipework put into a container is told from the engine’s own', () => {
  expect(host(5)).toBe("pipework (certain): host end of web's eth1");
  expect(host(6)).toBe('pipework (likely): was the host end of eth1 of process 999, which is gone');
  expect(said(linkId(inode(100), 3))).toBe(
    "pipework (certain): put into web beside the engine's own links; host end veth1pl100",
  );
});

test('a vxlan named flannel is certain only with flannel’s own port', () => {
  expect(host(8)).toMatch(/^flannel \(certain\)/);
  expect(host(9)).toMatch(/^flannel \(likely\)/);
});

test('hardware and loopback are nobody’s', () => {
  expect(host(7)).toBe("the host's hardware (certain): link to the outside");
  expect(host(1)).toBe('the kernel (certain): loopback: packets of this netns to itself');
});

test('namespaces say what they are for', () => {
  expect(labelNetns(graph, inode(1))?.purpose).toBe('the network namespace of the host itself');
  expect(labelNetns(graph, inode(100))?.purpose).toBe('belongs to container web');
  expect(labelNetns(graph, inode(200))?.purpose).toBe(
    'the switch of overlay network app: bridge and tunnel to the other hosts',
  );
  expect(labelNetns(graph, inode(300))?.purpose).toMatch(/^takes in published ports of swarm services/);
  expect(labelNetns(graph, inode(400))).toBeUndefined();
});

test('routes of Calico and flannel are told by protocol and link', () => {
  const route = { type: 'unicast', dst: '10.1.0.0/16', table: 'main', protocol: 'boot', scope: 'global', flags: [] };
  expect(labelRoute({ ...route, type: 'blackhole', protocol: 'bird' }, [])?.madeBy).toBe('Calico');
  expect(labelRoute({ ...route, dev: 'flannel.1' }, [])?.certainty).toBe('likely');
  expect(labelRoute({ ...route, dev: 'eth0' }, [])).toBeUndefined();
});

test('what a network driver that is no part of the engine wired is not called the engine’s', () => {
  const foreign = makeNetwork('cal', { fullId: 'ca'.repeat(32), driver: 'calico' });
  const there = {
    ...endpoint,
    network: 'cal',
    networkId: foreign.fullId,
    ipv4: '192.168.1.2',
    mac: '02:42:ac:12:00:07',
  };
  const wired = buildGraph([
    makeSnapshot(
      [
        makeNetns(
          1,
          [makeVeth(3, 'cali0123456789a', 2, 0, { address: 'ee:ee:ee:ee:ee:ee' }), makeVeth(4, 'tap9', 3, 0)],
          { isHost: true, nsids: nsids(200) },
        ),
        makeNetns(200, [makeVeth(2, 'cali0', 3, 0, { address: there.mac }), makeVeth(3, 'eth9', 4, 0)], {
          nsids: nsids(1),
        }),
      ],
      [makeEngine([makeContainer('web', 200, { endpoints: [there] })], [foreign])],
    ),
  ]);
  const made = (netns: number, ifindex: number) => labelLink(wired, linkId(inode(netns), ifindex))?.madeBy;
  expect([made(1, 3), made(200, 2)]).toEqual(['Calico', 'network driver calico']);
});
