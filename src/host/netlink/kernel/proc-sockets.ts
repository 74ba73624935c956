/** Listening sockets as /proc/PID/net/{tcp,udp,sctp} tells them: less than sock_diag, but readable without privileges and without loading anything. */
import type { Socket } from '../../../model/socket.ts';
import { readText } from '../../namespaces/proc-files.ts';
import { addressText } from '../wire/address-text.ts';
import { littleEndian } from '../wire/attributes.ts';

export interface OpenSocket {
  readonly proto: Socket['proto'];
  readonly family: Socket['family'];
  readonly local: string;
  readonly port: number;
  readonly inode: number;
  /** Bound link; its name is filled in by who knows the links. */
  readonly ifindex?: number;
  readonly v6only?: boolean;
}

/** `0100007F:1F90`: each 32-bit word of the address as the host's byte order makes it, the port as a number. */
export const parseProcAddress = (text: string): { readonly local: string; readonly port: number } | undefined => {
  const [hex = '', port = ''] = text.split(':');
  if (hex.length !== 8 && hex.length !== 32) return undefined;
  const bytes = new Uint8Array(hex.length / 2);
  const view = new DataView(bytes.buffer);
  for (let word = 0; word < bytes.length; word += 4)
    view.setUint32(word, Number.parseInt(hex.slice(word * 2, word * 2 + 8), 16), littleEndian);
  return { local: addressText(bytes, bytes.length === 4 ? 2 : 10), port: Number.parseInt(port, 16) };
};

/** Lines `sl local remote st … inode`; only those in state `wanted` that are bound to a port. */
export const parseProcSockets = (
  text: string,
  proto: 'tcp' | 'udp' | 'udplite',
  family: 'inet' | 'inet6',
): readonly OpenSocket[] => {
  const wanted = proto === 'tcp' ? '0A' : '07';
  const sockets: OpenSocket[] = [];
  for (const line of text.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    const address = parseProcAddress(fields[1] ?? '');
    if (fields[3] !== wanted || address === undefined || address.port === 0) continue;
    sockets.push({ proto, family, ...address, inode: Number(fields[9] ?? 0) });
  }
  return sockets;
};

/** /proc/net/sctp/eps: ENDPT SOCK STY SST HBKT LPORT UID INODE LADDRS…; SST 10 is listening. */
export const parseSctpEndpoints = (text: string): readonly OpenSocket[] =>
  text
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const fields = line.trim().split(/\s+/);
      if (fields[3] !== '10') return [];
      return fields.slice(8).map(
        (local): OpenSocket => ({
          proto: 'sctp',
          family: local.includes(':') ? 'inet6' : 'inet',
          local,
          port: Number(fields[5]),
          inode: Number(fields[7]),
        }),
      );
    });

export const readSctpSockets = (directory: string): readonly OpenSocket[] =>
  parseSctpEndpoints(readText(`${directory}/sctp/eps`).text ?? '');

export const readProcSockets = (directory: string): readonly OpenSocket[] => [
  ...(['tcp', 'udp', 'udplite'] as const).flatMap((proto) => [
    ...parseProcSockets(readText(`${directory}/${proto}`).text ?? '', proto, 'inet'),
    ...parseProcSockets(readText(`${directory}/${proto}6`).text ?? '', proto, 'inet6'),
  ]),
  ...readSctpSockets(directory),
];
