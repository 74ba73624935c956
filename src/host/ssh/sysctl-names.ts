/** The sysctls read over SSH: those the native reader reads, as paths for the other machine's shell. */
import { ipv4Conf, ipv6Conf } from '../netlink/decode/sysctls.ts';
import { hostOnly, perNetns } from '../netlink/kernel/read-sysctls.ts';
import type { SysctlNames } from './remote/visit-script.ts';

/** Where a netns has no such switch the file is not there, and grep says nothing. */
export const sysctlNames: SysctlNames = {
  plain: [...perNetns, ...hostOnly].map((name) => name.replaceAll('.', '/')),
  ofLinks4: Object.values(ipv4Conf),
  ofLinks6: Object.values(ipv6Conf),
};
