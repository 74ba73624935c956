/** The sysctls read over SSH: those the native reader reads, as paths for the other machine's shell. */
import { ipv4Conf, ipv6Conf } from '../netlink/decode/sysctls.ts';
import { hostOnly, perNetns } from '../netlink/kernel/read-sysctls.ts';
import type { SysctlNames } from './remote/visit-script.ts';

const path = (name: string): string => name.replaceAll('.', '/');
const ofLinks = (family: string, names: Readonly<Record<number, string>>): readonly string[] =>
  Object.values(names).map((name) => `${family}/conf/*/${name}`);

/** Where a netns has no such switch the file is not there, and grep says nothing. */
export const sysctlNames: SysctlNames = {
  plain: [...perNetns, ...hostOnly].map(path),
  ofLinks: [...ofLinks('ipv4', ipv4Conf), ...ofLinks('ipv6', ipv6Conf)],
};
