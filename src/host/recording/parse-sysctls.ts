/** `sysctl -a`'s text ↔ sysctls by their name under net. */

/** As people print them who read the files themselves. */
const folder = '/proc/sys/net/';

/** sysctl prints a dot inside a link's name as a slash: `net.ipv4.conf.eth0/20.rp_filter`. */
export function parseSysctls(text: string): Readonly<Record<string, string>> {
  const sysctls: Record<string, string> = {};
  // A busy host has fifty thousand of these lines: none is cut out or matched against a pattern before it is known to count.
  for (let at = 0; at < text.length; ) {
    const newline = text.indexOf('\n', at);
    const stop = newline < 0 ? text.length : newline;
    const start = text.startsWith('net.', at) ? at + 4 : text.startsWith(folder, at) ? at + folder.length : stop;
    const end = start === stop ? stop : text.indexOf('=', start);
    if (end > start && end < stop) {
      const name = text.slice(start, text[end - 1] === ' ' ? end - 1 : end);
      sysctls[name.includes('/') ? name.replaceAll('/', '.') : name] = text.slice(end + 1, stop).trim();
    }
    at = stop + 1;
  }
  return sysctls;
}

export function formatSysctls(sysctls: Readonly<Record<string, string>>): string {
  return Object.entries(sysctls)
    .map(([name, value]) => `net.${name} = ${value}\n`)
    .sort()
    .join('');
}
