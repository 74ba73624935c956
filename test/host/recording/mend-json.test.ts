import { expect, test } from 'vitest';
import { mendJson } from '../../../src/host/recording/mend-json.ts';
import { parseNetns } from '../../../src/host/recording/parse-netns.ts';
import { hostId } from '../../../src/model/ids.ts';

/** As `ip -j -p link show` prints a link called `q'\<ESC>[2J` with an alias that ends with a backslash. */
const links = `[ {
        "ifindex": 2,
        "ifname": "q\\'\\\\\u001b[2J",
        "ifalias": "a\\nb\\u0007\u0001\\\\",
        "link": "x\\'y"
    } ]
`;

test('reads names that iproute2 prints as no JSON knows them', () => {
  const tree = new Map([
    ['netns/7/links.json', links],
    ['netns/7/neighbours.json', `[{"dst":"10.0.0.1","dev":"q\\'\\\\\u001b[2J","state":["REACHABLE"]}]`],
  ]);
  const { netns, gaps } = parseNetns(tree, 'netns/7/', hostId('h'), 1);
  expect(gaps).toEqual([]);
  expect(netns.links).toMatchObject([{ ifname: "q'\\\u001b[2J", ifalias: 'a\nb\u0007\u0001\\', link: "x'y" }]);
  expect(netns.neighbours).toMatchObject([{ dev: "q'\\\u001b[2J" }]);
});

test('lets right JSON be, with an escaped backslash before a quote', () => {
  const text = JSON.stringify([{ ifname: "\\'", ifalias: '\u001b"\\' }], undefined, 2);
  expect(mendJson(text)).toBe(text);
});

test('still refuses what is none', () => {
  const { gaps } = parseNetns(new Map([['netns/7/links.json', '[{"ifname":']]), 'netns/7/', hostId('h'), 1);
  expect(gaps).toMatchObject([{ reason: 'invalid', detail: 'no JSON' }]);
});
