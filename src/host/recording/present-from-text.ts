/** Texts of one file that tell of what other files of a recording hold. */
import { parseObjects } from './mend-json.ts';

/** `ip route show table all` lists IPv6 as well; those routes have a file of their own. */
export const splitFamilies = (files: Map<string, string>): void => {
  if (files.has('routes6.json')) return;
  const routes6 = parseObjects(files.get('routes.json')).filter(
    ({ dst, pref }) => pref !== undefined || (typeof dst === 'string' && dst.includes(':')),
  );
  if (routes6.length > 0) files.set('routes6.json', JSON.stringify(routes6));
};

const saved = (text: string | undefined): ReadonlySet<string> =>
  new Set([...(text ?? '').matchAll(/^\*(\S+)/gm)].map((match) => match[1] ?? ''));

/**
 * nft's text for people is not read; which tables it shows is kept, so that rules nobody evaluates are not taken for none. Those that
 * iptables-save printed are known.
 */
export const presentFromText = (files: Map<string, string>, name: string): void => {
  const text = files.get(name);
  files.delete(name);
  if (text === undefined || files.has('nft.json') || files.has('ruleset.json')) return;
  const shown = [...text.matchAll(/^table (ip|ip6|inet|bridge|arp|netdev) (\S+) \{/gm)].map(
    ([, family = '', table = '']) => ({
      family,
      name: table,
    }),
  );
  const tables = (tool: string) => [...saved(files.get(`${tool}-save.txt`))];
  const legacy = (tool: string) => [...saved(files.get(`${tool}-legacy-save.txt`))];
  const own = [
    ...tables('iptables').map((table) => ({ family: 'ip', name: table })),
    ...tables('ip6tables').map((table) => ({ family: 'ip6', name: table })),
  ];
  const unread = shown.filter(
    (one) => !own.some(({ family, name: table }) => family === one.family && table === one.name),
  );
  files.set(
    'ruleset.json',
    JSON.stringify({
      nftTables: [...own, ...unread],
      legacyTables: legacy('iptables'),
      legacyTables6: legacy('ip6tables'),
    }),
  );
};
