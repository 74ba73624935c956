/** Ways between hosts: a route to containers elsewhere, a macvlan of the host's own, segments that fit a tunnel. */
import { automatic, type Draft, untilFlush, untilReboot } from '../../diagnose/remedies.ts';

/** What was to the same destination before is put back by its text. */
export const addRoute = (subnet: string, gateway: string): Draft => {
  const ip = ['ip', ...(subnet.includes(':') ? ['-6'] : []), 'route'];
  return automatic({
    title: `Reach ${subnet} by way of ${gateway}`,
    changes: `This host sends packets for ${subnet} to ${gateway}.`,
    scope: 'host',
    risk: 'Packets for that subnet take another way from now on.',
    riskLevel: 'medium',
    commands: [{ argv: [...ip, 'add', subnet, 'via', gateway] }],
    undo: [{ argv: [...ip, 'del', subnet, 'via', gateway] }],
    persistence: `${untilReboot} To keep it: a [Route] section in the network file of the link, or the like of your distribution. The other host must accept these packets: engines since 28 drop direct access to containers of networks in gateway mode nat.`,
    cutsConnection: true,
  });
};

/** A macvlan's parent exchanges no frames with it; a sibling does. */
export const addShim = (parent: string, shim: string, address: string, destinations: readonly string[]): Draft =>
  automatic({
    title: `Give this host a link of its own on ${parent}`,
    changes: `${shim}, a macvlan on ${parent} with ${address}, reaches ${destinations.join(', ')}.`,
    scope: 'host',
    risk: 'Nobody is interrupted; the address must be free on the LAN and outside what is given out by DHCP.',
    commands: [
      { argv: ['ip', 'link', 'add', 'link', parent, 'name', shim, 'type', 'macvlan', 'mode', 'bridge'] },
      { argv: ['ip', 'addr', 'add', address, 'dev', shim] },
      { argv: ['ip', 'link', 'set', 'dev', shim, 'up'] },
      ...destinations.map((to) => ({ argv: ['ip', 'route', 'add', to, 'dev', shim] })),
    ],
    undo: [{ argv: ['ip', 'link', 'del', 'dev', shim] }],
    persistence: untilReboot,
  });

export const clampMss = (out: string): Draft => {
  const rule = [
    'FORWARD',
    '-o',
    out,
    '-p',
    'tcp',
    '-m',
    'tcp',
    '--tcp-flags',
    'SYN,RST',
    'SYN',
    '-j',
    'TCPMSS',
    '--clamp-mss-to-pmtu',
  ];
  const table = ['iptables', '-w', '-t', 'mangle'];
  return automatic({
    title: `Clamp the segment size of connections that leave by ${out}`,
    changes: `TCP connections through ${out} agree on segments that fit its MTU.`,
    scope: 'host',
    risk: 'Nobody is interrupted; only new connections follow.',
    commands: [{ argv: [...table, '-A', ...rule] }],
    undo: [{ argv: [...table, '-D', ...rule] }],
    persistence: untilFlush,
  });
};
