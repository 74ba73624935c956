/** Faults of containers and what runs in them, of names, and of what the engine keeps. */
import type { Fault } from './fault.ts';
import { fetch, HOST_ADDRESS, published } from './probes.ts';

const at = (port: number): string => fetch('lan', `${HOST_ADDRESS}:${port}/`);
const shy = 'docker run -d --name shy1 --network appnet -p 8091:80 box';
const resolves = 'docker exec app1 timeout 2 nslookup app2';

export const serviceFaults: readonly Fault[] = [
  {
    title: 'a service listens on loopback alone',
    setup: [shy],
    inject: ['docker rm -f shy1', `${shy} httpd -f -p 127.0.0.1:80 -h /www`],
    probe: at(8091),
    ends: ['outside', 'host:8091/tcp'],
    finding: /^listens-on-loopback:shy1/,
    heal: ['docker rm -f shy1', shy],
    cleanUp: ['docker rm -f shy1'],
  },
  {
    title: 'a port is published to one where nobody listens',
    setup: [shy],
    inject: ['docker rm -f shy1', 'docker run -d --name shy1 --network appnet -p 8091:8080 box'],
    probe: at(8091),
    ends: ['outside', 'host:8091/tcp'],
    finding: /^wrong-container-port:shy1/,
    heal: ['docker rm -f shy1', shy],
    cleanUp: ['docker rm -f shy1'],
  },
  {
    title: 'a port is published to loopback',
    setup: [shy],
    inject: ['docker rm -f shy1', 'docker run -d --name shy1 --network appnet -p 127.0.0.1:8091:80 box'],
    probe: at(8091),
    ends: ['outside', `${HOST_ADDRESS}:8091/tcp`],
    atEnds: /^(published-on-loopback|connection)/,
    heal: ['docker rm -f shy1', shy],
    cleanUp: ['docker rm -f shy1'],
  },
  {
    title: 'a container is paused',
    inject: ['docker pause app1'],
    probe: published,
    ends: ['outside', 'host:8082/tcp'],
    finding: /^container-not-serving:app1/,
    heal: ['docker unpause app1'],
  },
  {
    title: 'a container restarts again and again',
    setup: [shy],
    inject: [
      'docker rm -f shy1',
      "docker run -d --restart always --name shy1 --network appnet -p 8091:80 box sh -c 'exit 1'",
      'sleep 4',
    ],
    probe: at(8091),
    finding: /^container-not-serving:shy1/,
    // Seen between two starts.
    besides: /^(orphan-|leftover-)/,
    heal: ['docker rm -f shy1', shy],
    cleanUp: ['docker rm -f shy1'],
  },
  {
    title: 'the container whose netns another shares has started again',
    setup: [
      'docker run -d --name par1 --network appnet box',
      'docker run -d --name chi1 --network container:par1 box sleep 100000',
    ],
    inject: ['docker restart -t 0 par1'],
    probe: 'chi1! busybox ping -c1 -W1 172.20.0.1',
    finding: /^shared-netns-parent-restarted:chi1/,
    heal: ['docker restart -t 0 chi1'],
    cleanUp: ['docker rm -f chi1', 'docker rm -f par1'],
  },
  {
    title: 'the embedded name server has lost its rules',
    setup: ["sh -c 'nsenter -t {app1.pid} -n iptables-save -t nat >/run/dns.saved'"],
    inject: ['app1! iptables -t nat -F'],
    probe: resolves,
    finding: /^embedded-dns-unreachable:app1/,
    heal: ["sh -c 'nsenter -t {app1.pid} -n iptables-restore </run/dns.saved'"],
  },
  {
    title: 'a rule of the container keeps its questions from the resolver',
    inject: ["sh -c 'nsenter -t {app1.pid} -n iptables -I OUTPUT -p udp -d 127.0.0.11 -j DROP'"],
    probe: resolves,
    finding: /^embedded-dns-unreachable:app1/,
    heal: ["sh -c 'nsenter -t {app1.pid} -n iptables -D OUTPUT -p udp -d 127.0.0.11 -j DROP'"],
  },
  {
    title: 'a container asks a name server on its own loopback',
    inject: [
      `docker exec app1 sh -c 'cat /etc/resolv.conf >/tmp/resolv; echo nameserver 127.0.0.53 >/etc/resolv.conf'`,
    ],
    probe: resolves,
    finding: /^nameserver-on-loopback:app1/,
    // side1 shares the file with app1.
    besides: /^nameserver-on-loopback:side1/,
    heal: [`docker exec app1 sh -c 'cat /tmp/resolv >/etc/resolv.conf'`],
  },

  {
    title: 'a port of the host is taken by a process',
    setup: ['docker create --name shy1 --network appnet -p 8092:80 box'],
    inject: [
      "sh -c '(busybox httpd -f -p 8092 -h /run </dev/null >/dev/null 2>&1 & echo $! >/run/taken.pid); sleep 0.5'",
    ],
    probe: "sh -c 'docker start shy1 && docker stop -t 0 shy1'",
    finding: /^host-port-conflict:shy1/,
    // What the engine did not clear away after the failed start.
    besides: /^leftover-veth/,
    heal: ["sh -c 'kill $(cat /run/taken.pid)'"],
    cleanUp: ['docker rm -f shy1'],
  },
  {
    title: 'a container refers to a network that was made anew',
    setup: ['docker network create gone', 'docker create --name shy1 --network gone box'],
    inject: ['docker network rm gone', 'docker network create gone'],
    probe: "sh -c 'docker start shy1 && docker stop -t 0 shy1'",
    finding: /^network-removed:shy1/,
    heal: ['docker network disconnect -f gone shy1', 'docker network connect gone shy1'],
    cleanUp: ['docker rm -f shy1', 'docker network rm gone'],
  },
  {
    title: 'a network has no address left',
    setup: ['docker network create --subnet 172.29.9.0/29 tiny', 'docker run -d --name t1 --network tiny box'],
    inject: ["sh -c 'for i in 2 3 4 5; do docker run -d --name t$i --network tiny box; done'"],
    probe: 'docker run --rm --network tiny box true',
    finding: /^network-addresses-exhausted:tiny/,
    heal: ['docker rm -f t2 t3 t4 t5'],
    cleanUp: ['docker rm -f t1', 'docker network rm tiny'],
  },
  {
    title: 'the host refuses the way to a published container',
    inject: ['ip route add unreachable {app1.ip}/32'],
    probe: published,
    ends: ['outside', 'host:8082/tcp'],
    finding: /^(container-subnet-routed-elsewhere|flow-blocked)/,
    heal: ['ip route del unreachable {app1.ip}/32'],
  },
  {
    title: 'a container asks a name server that knows no containers',
    inject: [
      `docker exec app2 sh -c 'cat /etc/resolv.conf >/tmp/resolv; echo nameserver 203.0.113.99 >/etc/resolv.conf'`,
    ],
    probe: 'docker exec app2 timeout 2 nslookup app1',
    finding: /^resolver-bypassed:app2/,
    heal: [`docker exec app2 sh -c 'cat /tmp/resolv >/etc/resolv.conf'`],
  },
  {
    title: 'the proxy of a port on loopback was killed',
    setup: ['docker run -d --name shy1 --network appnet -p 127.0.0.1:8093:80 box'],
    inject: [`sh -c 'kill -9 $(ss -Hltnp sport = :8093 | sed -nE "s/.*pid=([0-9]+).*/\\1/p")'`],
    probe: fetch(undefined, '127.0.0.1:8093/'),
    ends: ['host', '127.0.0.1:8093/tcp'],
    finding: /^userland-proxy-gone:shy1/,
    heal: ['docker restart -t 0 shy1'],
    cleanUp: ['docker rm -f shy1'],
  },
];
