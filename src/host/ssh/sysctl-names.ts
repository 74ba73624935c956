/** The sysctls read over SSH, as paths for the other machine's shell. */
import { deciding4, deciding6, hostOnly, perNetns } from '../netlink/kernel/read-sysctls.ts';
import type { SysctlNames } from './remote/visit-script.ts';

/**
 * Of links only what decides about a packet: the kernel makes each of these files when it is first looked for, which takes longer than all else that
 * is read of a small netns. Where a netns has no such switch the file is not there, and grep says nothing.
 */
export const sysctlNames: SysctlNames = {
  plain: [...perNetns, ...hostOnly].map((name) => name.replaceAll('.', '/')),
  ofLinks4: deciding4,
  ofLinks6: deciding6,
};
