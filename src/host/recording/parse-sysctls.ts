/** `sysctl -a`'s text ↔ sysctls by their name under net. */

/** sysctl prints a dot inside a link's name as a slash: `net.ipv4.conf.eth0/20.rp_filter`. */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  const sysctls: Record<string, string> = {};
  for (const line of text.split('\n')) {
    const match = /^net\.(\S+) = ?(.*)$/.exec(line);
    if (match?.[1] !== undefined) sysctls[match[1].replaceAll('/', '.')] = (match[2] ?? '').trim();
  }
  return sysctls;
}

export function formatSysctls(sysctls: Readonly<Record<string, string>>): string {
  return Object.entries(sysctls)
    .map(([name, value]) => `net.${name} = ${value}\n`)
    .sort()
    .join('');
}
