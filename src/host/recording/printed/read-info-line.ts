/** The lines below a link that tell its kind (`ip -d link`) → linkinfo as `ip -j -d` prints it. */
import { type Fact, toValue, wordsOf } from './take-words.ts';

/** Words that stand alone, and what they set; the value of all others is the next word. */
const flags: Readonly<Record<string, readonly [string, boolean]>> = {
  learning: ['learning', true],
  nolearning: ['learning', false],
  pmtudisc: ['pmtudisc', true],
  nopmtudisc: ['pmtudisc', false],
  external: ['external', true],
  proxy: ['proxy', true],
  rsc: ['rsc', true],
  l2miss: ['l2miss', true],
  l3miss: ['l3miss', true],
  gbp: ['gbp', true],
  bridge: ['bridge', true],
  private: ['private', true],
  vepa: ['vepa', true],
  udpcsum: ['udp_csum', true],
  noudpcsum: ['udp_csum', false],
  udp6zerocsumtx: ['udp_zero_csum6_tx', true],
  noudp6zerocsumtx: ['udp_zero_csum6_tx', false],
  udp6zerocsumrx: ['udp_zero_csum6_rx', true],
  noudp6zerocsumrx: ['udp_zero_csum6_rx', false],
};
/** JSON's names for what the text calls otherwise (iplink_vxlan.c, iplink_bridge.c). */
const renamed: Readonly<Record<string, string>> = {
  dev: 'link',
  dstport: 'port',
  designated_root: 'root_id',
  designated_bridge: 'bridge_id',
  group_address: 'group_addr',
};
/** Printed of every link, behind what is its kind's own. */
const ofEveryLink = new Set(['addrgenmode', 'numtxqueues', 'parentbus']);
const ipTunnels = new Set(['gre', 'gretap', 'ipip', 'sit', 'erspan', 'vti']);

const parsePairs = (words: readonly string[]): Fact =>
  Object.fromEntries(
    words.flatMap((word, at) =>
      at % 2 === 0
        ? [[(Object.hasOwn(renamed, word) ? renamed[word] : word) ?? word, toValue(words[at + 1] ?? '')]]
        : [],
    ),
  );

const parseData = (words: readonly string[]): Fact => {
  const data: Fact = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? '';
    if (ofEveryLink.has(word)) break;
    const flag = Object.hasOwn(flags, word) ? flags[word] : undefined;
    if (flag !== undefined) data[flag[0]] = flag[1];
    else if (word.startsWith('<')) data['flags'] = word.replace(/[<>]/g, '').split(',');
    else if (word === 'srcport') {
      data['port_range'] = { low: Number(words[at + 1]), high: Number(words[at + 2]) };
      at += 2;
    } else {
      const value = words[at + 1] ?? '';
      const family6 = value.includes(':') && /^(local|remote|group)$/.test(word) ? '6' : '';
      data[`${Object.hasOwn(renamed, word) ? renamed[word] : word}${family6}`] =
        word === 'ttl' && !/^\d+$/.test(value) ? 0 : toValue(value);
      at += 1;
    }
  }
  return data;
};

/** What the text leaves out because it is usual. */
const withUsual = (kind: string, data: Fact): Fact => {
  if (kind === 'vxlan') return { learning: true, ...data };
  return ipTunnels.has(kind) ? { pmtudisc: true, ...data } : data;
};

/** Adds what a line says to `link`: its own kind, or that of its master (`bridge_slave …`). */
export const readInfoLine = (link: Fact, line: string): void => {
  const [kind = '', ...words] = wordsOf(line);
  const before = (link['linkinfo'] as Fact | undefined) ?? {};
  const slave = /^(.+)_slave$/.exec(kind)?.[1];
  if (slave !== undefined) {
    link['linkinfo'] = { ...before, info_slave_kind: slave, info_slave_data: parsePairs(words) };
    return;
  }
  // `ipip any remote …`: which protocols it carries stands first, without a key.
  const told = parseData(kind === 'ipip' || kind === 'sit' ? words.slice(words[0] === 'remote' ? 0 : 1) : words);
  const data = withUsual(kind, told);
  link['linkinfo'] = { ...before, info_kind: kind, ...(Object.keys(data).length > 0 ? { info_data: data } : {}) };
};
