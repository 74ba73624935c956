/** Sends so many UDP datagrams as fast as one socket can, many a system call: run inside the netns they come from. */
import koffi from 'koffi';

const libc = koffi.load(null);
const socket = libc.func('int socket(int, int, int)') as (family: number, type: number, protocol: number) => number;
const connect = libc.func('int connect(int, const void *, uint32_t)') as (
  fd: number,
  address: Uint8Array,
  length: number,
) => number;
const sendmmsg = libc.func('int sendmmsg(int, void *, uint32_t, int)') as (
  fd: number,
  messages: Uint8Array,
  count: number,
  flags: number,
) => number;

const [count = 0, ...address] = [process.argv[2] ?? '0', ...(process.argv[3] ?? '').split('.')].map(Number);
const batch = 64;
/** struct mmsghdr, iovec: 64-bit. */
const messageBytes = 64;

const payload = new Uint8Array(new ArrayBuffer(4096)).fill(118);
const vector = new DataView(new ArrayBuffer(4096));
vector.setBigUint64(0, BigInt(koffi.address(payload)), true);
vector.setBigUint64(8, 64n, true);
const messages = new DataView(new ArrayBuffer(batch * messageBytes));
for (let n = 0; n < batch; n++) {
  messages.setBigUint64(n * messageBytes + 16, BigInt(koffi.address(new Uint8Array(vector.buffer))), true);
  messages.setBigUint64(n * messageBytes + 24, 1n, true);
}

const fd = socket(2, 2, 0);
const peer = new Uint8Array(new ArrayBuffer(128));
peer.set([2, 0, 0, 9, ...address]);
if (connect(fd, peer, 16) !== 0) throw new Error(`connect: errno ${koffi.errno()}`);

const began = performance.now();
for (let sent = 0; sent < count; ) {
  const done = sendmmsg(fd, new Uint8Array(messages.buffer), Math.min(batch, count - sent), 0);
  // A port nobody listens at answers with an error that the next call tells once.
  if (done > 0) sent += done;
}
process.stdout.write(String(performance.now() - began));
