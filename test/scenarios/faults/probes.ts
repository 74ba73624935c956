/** Connections that faults break: each exits with 0 when it works, within a second or so when it does not. */
import { INTERNET_ADDRESS } from '../../lab/lan.ts';

/** A ping from one place to another; `from` absent: from the host. */
export const ping = (from: string | undefined, to: string, ...options: readonly string[]): string =>
  [...(from === undefined ? [] : [`${from}!`]), 'busybox ping -c1 -W1', ...options, to].join(' ');

export const neighbour = ping('app1', '{app2.ip}');
/** As neighbour, but the sender has forgotten whom it knew. */
export const unacquainted = "app1! sh -c 'ip neigh flush dev eth0; busybox ping -c1 -W1 {app2.ip}'";
export const fromHost = ping(undefined, '{app2.ip}');
export const outside = ping('app1', INTERNET_ADDRESS);

/** Reads a page; `from` absent: from the host. */
export const fetch = (from: string | undefined, url: string): string =>
  `${from === undefined ? '' : `${from}! `}timeout 1 busybox wget -q -O /dev/null http://${url}`;

export const HOST_ADDRESS = '10.77.0.11';
/** The page of app1, from outside. */
export const published = fetch('lan', `${HOST_ADDRESS}:8082/`);

export { INTERNET_ADDRESS };
