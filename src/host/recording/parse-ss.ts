/** `ss -Hlntup`'s text → sockets that wait for packets, for recordings made with a shell. */
import type { Socket } from '../../model/socket.ts';

/** Lines that are not bound UDP or listening TCP/SCTP sockets (`ss` without -l prints them too) are left out. */
export function parseSs(text: string): readonly Socket[] {
  return text.split('\n').flatMap((line) => {
    const [proto, state, , , local] = line.split(/\s+/);
    if ((proto !== 'tcp' && proto !== 'udp' && proto !== 'sctp') || (state !== 'LISTEN' && state !== 'UNCONN'))
      return [];
    const match = /^(.*?)(?:%([^:\]]+))?:(\d+)$/.exec((local ?? '').replace(/\]%([^:]+):/, ']:').trim());
    const dev = /%([^:\]]+)/.exec(local ?? '')?.[1];
    if (match?.[1] === undefined || match[3] === undefined) return [];
    const processes = [...line.matchAll(/\("([^"]*)",pid=(\d+),fd=\d+\)/g)].map((found) => ({
      pid: Number(found[2]),
      comm: found[1] ?? '',
    }));
    return [
      {
        proto,
        ...address(match[1]),
        port: Number(match[3]),
        ...(dev === undefined ? {} : { dev }),
        inode: 0,
        processes,
      },
    ];
  });
}

/** `*` is how ss prints an IPv6 wildcard socket that takes IPv4 as well, `[::]` one that does not (ss.c: inet_show_sock's v6only). */
function address(text: string): Pick<Socket, 'family' | 'local' | 'v6only'> {
  if (text === '*') return { family: 'inet6', local: '::', v6only: false };
  const bracketed = /^\[(.*)\]$/.exec(text)?.[1];
  if (bracketed === undefined) return { family: 'inet', local: text };
  return { family: 'inet6', local: bracketed, ...(bracketed === '::' ? { v6only: true } : {}) };
}
