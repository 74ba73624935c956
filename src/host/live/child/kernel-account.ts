/** The kernel's own account of what it drops, from a tracing instance of ours that nobody else sees anything of. */
import { closeSync, mkdirSync, openSync, readdirSync, readSync, rmdirSync, writeFileSync } from 'node:fs';
import { errno, errorName } from '../../netlink/kernel/libc.ts';
import { instancePrefix, type KernelEvent } from '../live-order.ts';
import { parseKernelLine } from './parse-kernel-line.ts';
import { syscallFive, syscallText } from './sockets.ts';

/** New system calls have one number on all architectures. */
const SYS = { fsopen: 430, fsconfig: 431, fsmount: 432 } as const;
const FSCONFIG_CMD_CREATE = 6;
const CLOEXEC = 1;
const O_RDONLY_NONBLOCK = 0o4000;

/** tracefs as a mount that is attached nowhere: only this process can reach it, and it ends with it. */
const openTracefs = (): number | { readonly error: string } => {
  const context = syscallText(SYS.fsopen, 'tracefs', CLOEXEC);
  if (context < 0) return { error: `tracefs: ${errorName(errno())}` };
  try {
    if (syscallFive(SYS.fsconfig, context, FSCONFIG_CMD_CREATE, null, null, 0) < 0)
      return { error: `tracefs: ${errorName(errno())}` };
    const mount = syscallFive(SYS.fsmount, context, CLOEXEC, null, null, 0);
    return mount < 0 ? { error: `tracefs: ${errorName(errno())}` } : mount;
  } finally {
    closeSync(context);
  }
};

/** Those of programs that were killed together with their guardian. One in use refuses: its trace_pipe is open. */
const removeStale = (instances: string): void => {
  for (const name of readdirSync(instances)) {
    if (!name.startsWith(instancePrefix)) continue;
    try {
      rmdirSync(`${instances}/${name}`);
    } catch {
      // In use.
    }
  }
};

export interface KernelAccount {
  drain(into: KernelEvent[]): void;
  /** Safe to call twice, and from an exit handler: all of it is synchronous. */
  close(): void;
}

const events: readonly string[] = ['skb/kfree_skb', 'net/net_dev_queue', 'net/netif_receive_skb'];
const lineLimit = 4096;

const readPipe = (pipe: number): ((into: KernelEvent[]) => void) => {
  const chunk = Buffer.alloc(64 * 1024);
  let rest = '';
  return (into) => {
    for (;;) {
      let length: number;
      try {
        length = readSync(pipe, chunk, 0, chunk.length, null);
      } catch {
        return; // EAGAIN: nothing there.
      }
      if (length === 0) return;
      const lines = (rest + chunk.toString('latin1', 0, length)).split('\n');
      rest = (lines.pop() ?? '').slice(0, lineLimit);
      for (const line of lines) {
        const event = parseKernelLine(line);
        if (event !== undefined && into.length < lineLimit) into.push(event);
      }
    }
  };
};

/** Only what happens in a thread called `comm`: sending a packet through veths and bridges runs there to the end. */
export const openKernelAccount = (comm: string): KernelAccount | { readonly error: string } =>
  openInstance(events, `comm == "${comm}"`);

/** Every drop of a network packet on this machine: reasons and places. */
export const openDropCounts = (): KernelAccount | { readonly error: string } =>
  openInstance(['skb/kfree_skb'], 'protocol != 0');

const openInstance = (events: readonly string[], filter: string): KernelAccount | { readonly error: string } => {
  const mount = openTracefs();
  if (typeof mount !== 'number') return mount;
  const instances = `/proc/self/fd/${mount}/instances`;
  const folder = `${instances}/${instancePrefix}${process.pid}`;
  let pipe: number | undefined;
  let closed = false;
  const close = (): void => {
    if (closed) return;
    closed = true;
    for (const event of events) quietly(() => writeFileSync(`${folder}/events/${event}/enable`, '0'));
    if (pipe !== undefined) closeSync(pipe);
    quietly(() => rmdirSync(folder));
    closeSync(mount);
  };
  try {
    removeStale(instances);
    mkdirSync(folder);
    pipe = openSync(`${folder}/trace_pipe`, O_RDONLY_NONBLOCK);
    for (const event of events) {
      writeFileSync(`${folder}/events/${event}/filter`, filter);
      writeFileSync(`${folder}/events/${event}/enable`, '1');
    }
    return { drain: readPipe(pipe), close };
  } catch (error) {
    close();
    return { error: error instanceof Error ? error.message : String(error) };
  }
};

const quietly = (act: () => void): void => {
  try {
    act();
  } catch {
    // Best effort: it may be half made.
  }
};
