/** A sosreport's tree → the same files where a capture has them. */
import type { FileTree } from './layout.ts';

const root = /^(?:.*\/)?sos_commands\//;

/** Plugins whose files tell of the host's own netns, and of engines. */
const plugins = /^(networking|firewall_tables|kernel|docker|podman|openvswitch|host)\/(.+)$/;

/** `namespaces/blue/ip_netns_exec_blue_ip_-d_address_show` */
const inNetns = /^namespaces\/([^/]+)\/(.+)$/;

const placeOf = (plugin: string, rest: string): string | undefined => {
  const [, netns, file] = inNetns.exec(rest) ?? [];
  if (plugin === 'networking' && netns !== undefined && file !== undefined) return `netns/${netns}/${file}`;
  if (rest.includes('/')) return rest.startsWith('containers/') ? `docker/${rest}` : undefined;
  return plugin === 'docker' || plugin === 'podman' ? `docker/${rest}` : rest;
};

export const flattenReport = (files: FileTree): { readonly files: FileTree; readonly hostname?: string } => {
  if (![...files.keys()].some((path) => root.test(path))) return { files };
  const flat = new Map<string, string>();
  let hostname: string | undefined;
  for (const [path, text] of files) {
    const [, plugin = '', rest = ''] = plugins.exec(path.replace(root, '')) ?? [];
    if (root.test(path) && plugin === 'host' && rest === 'hostname') hostname = text.trim();
    const place = root.test(path) ? placeOf(plugin, rest) : undefined;
    if (place !== undefined && !flat.has(place)) flat.set(place, text);
  }
  return { files: flat, ...(hostname === undefined || hostname === '' ? {} : { hostname }) };
};
