/** Which start of this machine we live in: what a change touched before a reboot is gone with it. */
import { readFile } from 'node:fs/promises';

export const readBootId = async (): Promise<string> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => '')).trim();
