/** Whether `nft list hooks` can be asked without the kernel loading a module for it. */
import { readFile } from 'node:fs/promises';
import { release } from 'node:os';

let answer: Promise<boolean> | undefined;

/**
 * NFNL_SUBSYS_HOOK is served by nfnetlink_hook; asking while it is absent makes the kernel load it (request_module in nfnetlink_rcv_msg),
 * and looking must change nothing.
 */
export function hooksAreSafeToAsk(): Promise<boolean> {
  answer ??= isPresent('nfnetlink_hook');
  return answer;
}

async function isPresent(module: string): Promise<boolean> {
  const [loaded, builtIn] = await Promise.all([
    readFile('/proc/modules', 'utf8').catch(() => ''),
    readFile(`/lib/modules/${release()}/modules.builtin`, 'utf8').catch(() => ''),
  ]);
  return new RegExp(`^${module} `, 'm').test(loaded) || builtIn.includes(`/${module}.ko`);
}
