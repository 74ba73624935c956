/** `sysctl -a`'s text ↔ sysctls by their name under net. */

/** As people print them who read the files themselves. */
const folder = '/proc/sys/net/';

/** sysctl prints a dot inside a link's name as a slash: `net.ipv4.conf.eth0/20.rp_filter`. */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  const sysctls: Record<string, string> = {};
  for (const line of text.split('\n')) {
    // A busy host has a hundred thousand of these lines: no pattern is matched against each.
    const start = line.startsWith('net.') ? 4 : line.startsWith(folder) ? folder.length : 0;
    const end = line.indexOf('=');
    if (start === 0 || end <= start) continue;
    const name = line.slice(start, line[end - 1] === ' ' ? end - 1 : end);
    sysctls[name.includes('/') ? name.replaceAll('/', '.') : name] = line.slice(end + 1).trim();
  }
  return sysctls;
}

export function formatSysctls(sysctls: Readonly<Record<string, string>>): string {
  return Object.entries(sysctls)
    .map(([name, value]) => `net.${name} = ${value}\n`)
    .sort()
    .join('');
}
