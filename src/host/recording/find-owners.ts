/** Whose a file is that a person wrote down: told by folder or prefix. */
import { isToolName } from './find-tool-file.ts';

export interface Owner {
  readonly kind: 'host' | 'container' | 'named';
  readonly name: string;
  readonly file: string;
  /** A name that nothing says whose it is: right only beside files of the host. */
  readonly isGuess?: true;
}

const folderKinds: Readonly<Record<string, Owner['kind']>> = {
  container: 'container',
  containers: 'container',
  ct: 'container',
  sandbox: 'named',
  sandboxes: 'named',
  netns: 'named',
  namespaces: 'named',
  ns: 'named',
};

/** Folders that sort the host's own files by what they are about. */
const ofHost = new Set(
  'host root net network networking ip links firewall firewall_tables firewalls iptables nftables nft kernel sysctl proc commands cmds output text json'.split(
    ' ',
  ),
);

/** A container's name may have dots in it: all before the tool's is its. */
const prefixes = [/^(host|ct-.+|ns-.+)\.(resolv\.conf|[^.]+\.[a-z]+)$/, /^(host|ct-.+|ns-.+)\.([^.]+)$/];

const kindWords = /^(container|ct|netns|ns|sandbox)[-_](.+)$/;

/** As sosreport and people name what was asked inside: `ip_netns_exec_blue_ip_addr`. */
const asked =
  /^(ip[_ -]netns|docker|podman)[_ -]exec[_ -](?:-[a-z]+[_ -])*(.+?)[_ -]((?:ip6?|ss|sysctl|nft|ip6?tables|bridge)[_ -].*)$/;

/** `web.ip-addr.json`, `web_1_ip_-j_addr.txt`: the shortest name behind which a tool's stands. */
const splitName = (file: string): readonly [string, string] | undefined => {
  for (const { index } of file.matchAll(/[._-]+/g)) {
    const rest = file.slice(index).replace(/^[._-]+/, '');
    if (index > 0 && isToolName(rest)) return [file.slice(0, index), rest];
  }
  return undefined;
};

const prefixed = (file: string): readonly Owner[] => {
  for (const pattern of prefixes) {
    const [, group = '', rest = ''] = pattern.exec(file) ?? [];
    if (group === 'host') return [{ kind: 'host', name: '', file: rest }];
    if (group !== '')
      return [{ kind: group.startsWith('ct-') ? 'container' : 'named', name: group.slice(3), file: rest }];
  }
  const [, how, who, what] = asked.exec(file) ?? [];
  if (how !== undefined && who !== undefined && what !== undefined)
    return [{ kind: how.startsWith('ip') ? 'named' : 'container', name: who, file: what }];
  if (isToolName(file)) return [];
  const [name, rest] = splitName(file) ?? [];
  if (name === undefined || rest === undefined) return [];
  if (name === 'host') return [{ kind: 'host', name: '', file: rest }];
  const [, word = '', inner = ''] = kindWords.exec(name) ?? [];
  const kind = folderKinds[word];
  return [
    kind === undefined ? { kind: 'container', name, file: rest, isGuess: true } : { kind, name: inner, file: rest },
  ];
};

/** `containers/web/ip-link.json` → container web; `ns-1-abc.ip-link.json` → the netns 1-abc; `ip-link.json` → the host's own. Best first. */
export const findOwners = (path: string): readonly Owner[] => {
  const folders = path.split('/');
  const file = folders.pop() ?? '';
  const inHost = folders.findIndex((folder) => !ofHost.has(folder));
  if (inHost < 0) return [...prefixed(file), { kind: 'host', name: '', file }];
  const [group = '', name, ...deeper] = folders.slice(inHost);
  const kind = folderKinds[group];
  if (deeper.length > 0) return [];
  if (name !== undefined) {
    const [inside] = prefixed(file).filter((owner) => owner.name === name);
    return kind === undefined ? [] : [{ kind, name, file: inside?.file ?? file }];
  }
  if (kind === undefined) return inHost === 0 ? [{ kind: 'container', name: group, file, isGuess: true }] : [];
  const [own, rest] = splitName(file) ?? [];
  return own === undefined || rest === undefined ? [] : [{ kind, name: own, file: rest }];
};
