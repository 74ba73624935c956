/** Whether a kernel module is there already: asking for a family that is not loaded would make the kernel load it, and looking must change nothing. */
import { existsSync } from 'node:fs';
import { readText } from '../../namespaces/proc-files.ts';

export type Presence = 'loaded' | 'absent' | 'unknown';

const release = (): string => readText('/proc/sys/kernel/osrelease').text?.trim() ?? '';

/** Modules built into the kernel, where the distribution lists them; empty when it does not. */
const builtIn = (): { readonly known: boolean; readonly names: ReadonlySet<string> } => {
  const text = readText(`/lib/modules/${release()}/modules.builtin`).text;
  const names = (text ?? '')
    .split('\n')
    .map((line) => (line.split('/').at(-1) ?? '').replace(/\.ko.*$/, '').replaceAll('-', '_'));
  return { known: text !== undefined, names: new Set(names) };
};

/** Reads the module list once; it may only grow while we look, and not because of us. */
export const modulePresence = (): ((name: string) => Presence) => {
  const modules = readText('/proc/modules').text;
  // A kernel without module support cannot load anything: whatever it answers, it had before.
  if (modules === undefined) return () => (existsSync('/proc/modules') ? 'unknown' : 'loaded');
  const loaded = new Set(modules.split('\n').map((line) => line.split(' ')[0] ?? ''));
  let compiled: ReturnType<typeof builtIn> | undefined;
  return (name) => {
    if (loaded.has(name) || existsSync(`/sys/module/${name}`)) return 'loaded';
    compiled ??= builtIn();
    if (compiled.names.has(name)) return 'loaded';
    return compiled.known ? 'absent' : 'unknown';
  };
};
