/** Carries packets between two TUN devices of two netns, late and not all of them: `FROM-PID TO-PID NEAR FAR DELAY-MS LOSS`. */
import { execFileSync } from 'node:child_process';
import { openSync, read, write } from 'node:fs';
import { createInterface } from 'node:readline';
import koffi from 'koffi';

const libc = koffi.load(null);
const setns = libc.func('int setns(int, int)');
const ioctl = libc.func('int ioctl(int, unsigned long, void *)');

const NETNS = 0x40000000;
/** _IOW('T', 202, int), linux/if_tun.h */
const TUNSETIFF = 0x400454ca;
/** IFF_TUN | IFF_NO_PI: bare packets of IP, one a read. */
const flags = 0x1001;
const device = 'wire0';

/** A TUN device belongs to the netns its maker is in. */
const openEnd = (pid: string, address: string): number => {
  if (setns(openSync(`/proc/${pid}/ns/net`, 'r'), NETNS) !== 0) throw new Error(`no netns of process ${pid}`);
  const fd = openSync('/dev/net/tun', 'r+');
  const request = Buffer.alloc(40);
  request.write(device);
  request.writeUInt16LE(flags, 16);
  if (ioctl(fd, TUNSETIFF, request) !== 0) throw new Error(`no TUN device in the netns of process ${pid}`);
  for (const words of [
    ['address', 'add', `${address}/30`, 'dev', device],
    ['link', 'set', device, 'up'],
  ])
    execFileSync('nsenter', [`--net=/proc/${pid}/ns/net`, 'ip', ...words]);
  return fd;
};

const [from = '', to = '', near = '', far = '', delay = '', loss = ''] = process.argv.slice(2);
const ends = [openEnd(from, near), openEnd(to, far)] as const;
let isCut = false;

/** Timers of one length fire in the order they were set: no packet overtakes another. */
const carry = (source: number, target: number): void => {
  const packet = Buffer.alloc(65_536);
  read(source, packet, 0, packet.length, null, (error, length) => {
    if (error !== null) throw error;
    if (!isCut && Math.random() >= Number(loss)) {
      const copy = Buffer.from(packet.subarray(0, length));
      setTimeout(() => isCut || write(target, copy, () => {}), Number(delay));
    }
    carry(source, target);
  });
};
carry(ends[0], ends[1]);
carry(ends[1], ends[0]);

createInterface({ input: process.stdin }).on('line', (line) => {
  isCut = line === 'cut';
});
process.stdout.write('ready\n');
